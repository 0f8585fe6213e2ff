import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Me, PasswordChange, SetupInput, SetupState, TokenCreate, TokenCreated, TokenView } from './access';
import { EventView } from './events';
import {
  DeploymentCreate,
  DeploymentDetail,
  DeploymentUpdate,
  DeploymentView,
  MediaNodeInput,
  NodeDetail,
  NodeView,
} from './inventory';
import { Instant, Severity, Slug } from './names';
import { DiscoverInput, TaskView } from './tasks';
import { EgressView, IngressView, RoomDetail, RoomView, SampleMetric, SamplesView } from './workload';

const slug = z.object({ slug: Slug });
const node = slug.extend({ node: z.string() });
const page = {
  cursor: z.string().optional().describe('next of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
const list = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('null: the last page') });

/** The REST API below /api/v1: the one source of server, OpenAPI document and typed client. */
export const api = {
  me: oc.route({ method: 'GET', path: '/me', summary: 'Who the session or token is' }).output(Me),
  password: oc
    .route({ method: 'POST', path: '/me/password', summary: 'Change the own password; ends the other sessions' })
    .input(PasswordChange)
    .output(z.object({ changed: z.literal(true) })),
  signOutEverywhere: oc
    .route({ method: 'DELETE', path: '/me/sessions', summary: 'End every own session, this one included' })
    .output(z.object({ ended: z.number().int() })),
  setup: {
    get: oc
      .route({ method: 'GET', path: '/setup', summary: 'Whether the first administrator is still to be made' })
      .output(SetupState),
    complete: oc
      .route({
        method: 'POST',
        path: '/setup',
        successStatus: 201,
        summary: 'Use a one-time link: makes the first administrator, or gives the administrator a new password',
      })
      .input(SetupInput)
      .output(z.object({ email: z.string() })),
  },
  deployments: {
    list: oc.route({ method: 'GET', path: '/deployments' }).input(z.object(page)).output(list(DeploymentView)),
    create: oc
      .route({ method: 'POST', path: '/deployments', successStatus: 201 })
      .input(DeploymentCreate)
      .output(DeploymentDetail),
    get: oc.route({ method: 'GET', path: '/deployments/{slug}' }).input(slug).output(DeploymentDetail),
    update: oc
      .route({ method: 'PATCH', path: '/deployments/{slug}', description: 'Needs If-Match with the rev it is based on.' })
      .input(slug.extend(DeploymentUpdate.shape))
      .output(DeploymentDetail),
    remove: oc
      .route({
        method: 'DELETE',
        path: '/deployments/{slug}',
        description: 'Forgets it here; the nodes go on. confirm is its name.',
      })
      .input(slug.extend({ confirm: z.string() }))
      .output(z.object({ removed: Slug })),
    check: oc
      .route({ method: 'POST', path: '/deployments/{slug}/check', successStatus: 202, summary: 'Test each link apart' })
      .input(slug)
      .output(TaskView),
    pinHostKeys: oc
      .route({ method: 'POST', path: '/deployments/{slug}/host-keys', summary: 'Pin SSH host keys that a person compared' })
      .input(
        slug.extend({ keys: z.array(z.object({ endpoint: z.string(), algorithm: z.string(), fingerprint: z.string() })).min(1) }),
      )
      .output(DeploymentDetail),
  },
  discover: oc
    .route({ method: 'POST', path: '/discover', successStatus: 202, summary: 'Read one master and fill in the rest' })
    .input(DiscoverInput)
    .output(TaskView),
  tasks: {
    get: oc
      .route({ method: 'GET', path: '/tasks/{id}' })
      .input(z.object({ id: z.uuid() }))
      .output(TaskView),
  },
  nodes: {
    list: oc
      .route({ method: 'GET', path: '/deployments/{slug}/nodes' })
      .input(slug)
      .output(z.object({ items: z.array(NodeView) })),
    get: oc.route({ method: 'GET', path: '/deployments/{slug}/nodes/{node}' }).input(node).output(NodeDetail),
    declare: oc
      .route({ method: 'POST', path: '/deployments/{slug}/nodes', successStatus: 201, summary: 'Declare a media node' })
      .input(slug.extend(MediaNodeInput.shape))
      .output(NodeView),
    forget: oc
      .route({ method: 'DELETE', path: '/deployments/{slug}/nodes/{node}', summary: 'Forget a node that vanished' })
      .input(node)
      .output(z.object({ forgotten: z.string() })),
    samples: oc
      .route({ method: 'GET', path: '/deployments/{slug}/nodes/{node}/samples' })
      .input(
        node.extend({
          from: Instant.optional(),
          to: Instant.optional(),
          range: z
            .string()
            .regex(/^\d+[mhd]$/, 'such as 15m, 6h or 2d')
            .optional(),
          metrics: z
            .string()
            .optional()
            .describe(`comma list of ${SampleMetric.options.join(', ')}`),
        }),
      )
      .output(SamplesView),
  },
  samples: oc
    .route({ method: 'GET', path: '/deployments/{slug}/samples', summary: 'The same metric of every node, for sparklines' })
    .input(
      slug.extend({
        range: z
          .string()
          .regex(/^\d+[mhd]$/)
          .default('15m'),
        metrics: z.string().default('cpu,rooms'),
      }),
    )
    .output(z.object({ items: z.array(SamplesView) })),
  rooms: {
    list: oc
      .route({ method: 'GET', path: '/deployments/{slug}/rooms' })
      .input(
        slug.extend({
          ...page,
          node: z.string().optional(),
          search: z.string().max(200).optional(),
          ended: z.stringbool().default(false),
        }),
      )
      .output(list(RoomView)),
    get: oc
      .route({ method: 'GET', path: '/deployments/{slug}/rooms/{sid}' })
      .input(slug.extend({ sid: z.string() }))
      .output(RoomDetail),
  },
  egress: oc
    .route({ method: 'GET', path: '/deployments/{slug}/egress' })
    .input(
      slug.extend({ ...page, active: z.stringbool().default(false), room: z.string().optional(), node: z.string().optional() }),
    )
    .output(list(EgressView)),
  ingress: oc.route({ method: 'GET', path: '/deployments/{slug}/ingress' }).input(slug.extend(page)).output(list(IngressView)),
  events: oc
    .route({ method: 'GET', path: '/events', summary: 'Newest first' })
    .input(z.object({ ...page, deployment: Slug.optional(), node: z.string().optional(), severity: Severity.optional() }))
    .output(list(EventView)),
  tokens: {
    list: oc.route({ method: 'GET', path: '/tokens' }).output(z.object({ items: z.array(TokenView) })),
    create: oc.route({ method: 'POST', path: '/tokens', successStatus: 201 }).input(TokenCreate).output(TokenCreated),
    revoke: oc
      .route({ method: 'DELETE', path: '/tokens/{id}' })
      .input(z.object({ id: z.uuid() }))
      .output(TokenView),
  },
};
