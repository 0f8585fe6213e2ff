import type { AnyContractProcedure, AnySchema, InferSchemaInput } from '@orpc/contract';
import { Procedure } from '@orpc/server';
import { api } from '@/lib/contract/api';
import type { Context } from '@/lib/core/context';
import { changePassword, me, signOutEverywhere } from '@/lib/core/access/me';
import { completeSetup, setupState } from '@/lib/core/access/setup';
import { createToken, listTokens, revokeToken } from '@/lib/core/access/tokens';
import { createDeployment } from '@/lib/core/inventory/create-deployment';
import { declareNode } from '@/lib/core/inventory/declare-node';
import { forgetNode } from '@/lib/core/inventory/forget-node';
import { pinHostKeys } from '@/lib/core/inventory/pin-host-keys';
import { getDeployment, listDeployments } from '@/lib/core/inventory/read-deployments';
import { getNode, listNodes } from '@/lib/core/inventory/read-nodes';
import { removeDeployment } from '@/lib/core/inventory/remove-deployment';
import { checkDeployment, discover, getTask } from '@/lib/core/inventory/tasks';
import { updateDeployment } from '@/lib/core/inventory/update-deployment';
import { listEvents } from '@/lib/core/observe/read-events';
import { deploymentSamples, nodeSamples } from '@/lib/core/observe/read-samples';
import { listEgress } from '@/lib/core/workload/read-egress';
import { listIngress } from '@/lib/core/workload/read-ingress';
import { getRoom, listRooms } from '@/lib/core/workload/read-rooms';

/** What the edge hands to a route: the verb's context, headers that go out with the answer, and what went wrong inside. */
export type EdgeContext = { ctx: Context; answer: Headers; failure?: unknown };

type Output<R extends AnyContractProcedure> = InferSchemaInput<NonNullable<R['~orpc']['outputSchema']>>;
type Verb<R extends AnyContractProcedure> = (call: { ctx: Context; input: unknown }) => Promise<Output<R>>;

/**
 * A route of the contract, served by a verb. The input goes to the verb as it came: it says first who may, and then parses
 * by the same contract, so that a stranger learns nothing from the errors of his input.
 */
function serve<R extends AnyContractProcedure>(route: R, verb: Verb<R>) {
  return new Procedure<
    EdgeContext,
    EdgeContext,
    AnySchema,
    NonNullable<R['~orpc']['outputSchema']>,
    R['~orpc']['errorMap'],
    R['~orpc']['meta']
  >({
    ...route['~orpc'],
    inputSchema: undefined,
    middlewares: [],
    inputValidationIndex: 0,
    outputValidationIndex: 0,
    handler: async ({ context, input }: { context: EdgeContext; input: unknown }) => {
      const output = await verb({ ctx: context.ctx, input });
      if (hasRev(output)) context.answer.set('etag', `"${output.rev}"`);
      return output;
    },
  });
}

const hasRev = (o: unknown): o is { rev: number } =>
  typeof o === 'object' && o !== null && 'rev' in o && typeof o.rev === 'number';

export const router = {
  me: serve(api.me, me),
  password: serve(api.password, changePassword),
  signOutEverywhere: serve(api.signOutEverywhere, signOutEverywhere),
  setup: { get: serve(api.setup.get, setupState), complete: serve(api.setup.complete, completeSetup) },
  deployments: {
    list: serve(api.deployments.list, listDeployments),
    create: serve(api.deployments.create, createDeployment),
    get: serve(api.deployments.get, getDeployment),
    update: serve(api.deployments.update, updateDeployment),
    remove: serve(api.deployments.remove, removeDeployment),
    check: serve(api.deployments.check, checkDeployment),
    pinHostKeys: serve(api.deployments.pinHostKeys, pinHostKeys),
  },
  discover: serve(api.discover, discover),
  tasks: { get: serve(api.tasks.get, getTask) },
  nodes: {
    list: serve(api.nodes.list, listNodes),
    get: serve(api.nodes.get, getNode),
    declare: serve(api.nodes.declare, declareNode),
    forget: serve(api.nodes.forget, forgetNode),
    samples: serve(api.nodes.samples, nodeSamples),
  },
  samples: serve(api.samples, deploymentSamples),
  rooms: { list: serve(api.rooms.list, listRooms), get: serve(api.rooms.get, getRoom) },
  egress: serve(api.egress, listEgress),
  ingress: serve(api.ingress, listIngress),
  events: serve(api.events, listEvents),
  tokens: {
    list: serve(api.tokens.list, listTokens),
    create: serve(api.tokens.create, createToken),
    revoke: serve(api.tokens.revoke, revokeToken),
  },
};
