import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { api } from '@/lib/contract/api';
import { CheckStep, DiscoverResult, TASK_CHANNEL, type TaskView } from '@/lib/contract/tasks';
import { Ports } from '@/lib/contract/inventory';
import type { Prisma, Tx } from '@/lib/db/client';
import { InvalidInput, NotFound, NoWorker } from '../errors';
import { allow, parse, writing, type Call } from '../verb';
import { sealSecrets } from './secrets';

type View = z.infer<typeof TaskView>;

/** Asks the worker to test each link of a deployment apart. */
export async function checkDeployment({ ctx, input: raw }: Call): Promise<View> {
  const actor = allow(ctx, 'operate');
  const { slug } = parse(api.deployments.check, raw);
  return writing(ctx, 'deployment.check', async (tx, audit) => {
    const row = await tx.deployment.findUnique({ where: { slug }, select: { id: true } });
    if (!row) throw new NotFound(`deployment ${slug}`);
    const id = await queue(tx, { kind: 'check', deploymentId: row.id, input: {}, createdBy: actor.label, now: ctx.now });
    await audit({ target: slug, deploymentId: row.id, data: { taskId: id } });
    return taskView(tx, id);
  });
}

/** Asks the worker to read one master and find the rest. The secrets are sealed for the deployment that may come of it. */
export async function discover({ ctx, input: raw }: Call): Promise<View> {
  const actor = allow(ctx, 'admin');
  const { secrets, ...input } = parse(api.discover, raw);
  const needed = input.auth === 'key' ? 'sshKey' : 'sshPassword';
  if (secrets[needed] === undefined) {
    throw new InvalidInput([
      { field: `secrets.${needed}`, detail: `give the ${input.auth === 'key' ? 'private key' : 'password'} of ${input.user}` },
    ]);
  }
  const deploymentId = randomUUID();
  const { address, port, user, jump } = input;
  const settings = { livekitUrl: null, masters: [address], ports: { ...Ports.parse({}), ssh: port }, ssh: { user, jump } };
  const sealed = await sealSecrets(ctx, { deploymentId, settings, secrets });
  const text = sealed.map((s) => ({ ...s, sealed: Buffer.from(s.sealed).toString('base64') }));
  return writing(ctx, 'discover', async (tx, audit) => {
    const id = await queue(tx, {
      kind: 'discover',
      deploymentId,
      input: { ...input, sealed: text },
      createdBy: actor.label,
      now: ctx.now,
    });
    await audit({ target: address, deploymentId, data: { taskId: id, user, secrets: sealed.map((s) => s.kind) } });
    return taskView(tx, id);
  });
}

export async function getTask({ ctx, input: raw }: Call): Promise<View> {
  allow(ctx, 'read');
  return taskView(ctx.db, parse(api.tasks.get, raw).id);
}

type NewTask = { kind: View['kind']; deploymentId: string; input: Prisma.InputJsonObject; createdBy: string; now: Date };

/** A worker says every 2 s that it lives. */
const WORKER_SEEN_S = 10;

/** @throws NoWorker: nobody would take it, and it would wait in silence */
async function queue(tx: Tx, { now, ...task }: NewTask): Promise<string> {
  const [seen] = await tx.$queryRaw<{ alive: boolean }[]>`
    SELECT EXISTS (SELECT FROM worker_instance WHERE seen_at > clock_timestamp() - make_interval(secs => ${WORKER_SEEN_S})) AS alive`;
  if (!seen?.alive) throw new NoWorker();
  const id = randomUUID();
  await tx.task.create({ data: { id, ...task, createdAt: now } });
  await tx.$queryRaw`SELECT pg_notify(${TASK_CHANNEL}, ${id})::text`;
  return id;
}

/** The steps as they stand: a later chunk of the same key replaces the earlier, in the earlier's place. */
async function taskView(db: Tx, id: string): Promise<View> {
  const task = await db.task.findUnique({ where: { id }, include: { chunks: { orderBy: { seq: 'asc' } } } });
  if (!task) throw new NotFound(`task ${id}`);
  const steps = new Map<string, CheckStep>();
  for (const chunk of task.chunks) {
    const step = CheckStep.safeParse(chunk.data);
    if (step.success) steps.set(step.data.key, step.data);
  }
  // Parsed, not passed on: the row's result also holds sealed secrets, which no answer shows.
  const result = task.kind === 'discover' && task.result !== null ? DiscoverResult.safeParse(task.result) : null;
  return {
    id,
    kind: task.kind as View['kind'], // written by queue only
    status: task.status as View['status'], // written by queue and the worker
    steps: [...steps.values()],
    result: result?.success ? result.data : null,
    error: task.error,
    createdAt: task.createdAt.toISOString(),
    finishedAt: task.finishedAt?.toISOString() ?? null,
  };
}
