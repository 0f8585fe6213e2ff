import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DeploymentDetail } from '@/lib/contract/inventory';
import { TaskView } from '@/lib/contract/tasks';

interface Master {
  address: string;
  sshPort: number;
  sshUser: string;
  sshPrivateKey: string;
}

/** One master and its SSH key, as an operator would: discover, look at the host keys, add. All by the REST API. @returns the slug */
export async function registerDeployment(url: string, token: string, name: string, master: Master): Promise<string> {
  const call = caller(url, token);
  const first = {
    address: master.address,
    port: master.sshPort,
    user: master.sshUser,
    secrets: { sshKey: master.sshPrivateKey },
  };
  const shown = await untilEnded(call, TaskView.parse(await onceWorkerLives(() => call('POST', '/discover', first))));
  const confirmHostKeys = keysOf(shown);
  const found = await untilEnded(call, TaskView.parse(await call('POST', '/discover', { ...first, confirmHostKeys })));
  if (!found.result) throw new Error(`the deployment was not discovered: ${found.error ?? whatFailed(found)}`);
  const { settings, mediaNodes, hostKeys } = found.result;
  const made = await call('POST', '/deployments', {
    ...settings,
    name,
    mediaNodes,
    discoverTaskId: found.id,
    confirmHostKeys: hostKeys.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint })),
  });
  return DeploymentDetail.parse(made).slug;
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

function caller(url: string, token: string): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = z.record(z.string(), z.unknown()).parse(await response.json());
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${String(answer.detail ?? answer.title)}`, { cause: answer });
    return answer;
  };
}

/** Right after the start the console answers a moment before the worker lives. */
async function onceWorkerLives(ask: () => Promise<unknown>, withinMs = 30_000): Promise<unknown> {
  for (const end = Date.now() + withinMs; ; await delay(250)) {
    try {
      return await ask();
    } catch (error) {
      const early = noWorker.safeParse(error).success && Date.now() < end;
      if (!early) throw error;
    }
  }
}
const noWorker = z.object({ cause: z.object({ type: z.literal('/problems/no-worker') }) });

async function untilEnded(call: Call, task: TaskView, withinMs = 120_000): Promise<TaskView> {
  for (const end = Date.now() + withinMs; ; await delay(250)) {
    const now = TaskView.parse(await call('GET', `/tasks/${task.id}`));
    if (now.status === 'done' || now.status === 'failed') return now;
    if (Date.now() > end) throw new Error(`the discovery did not end within ${withinMs / 1000} s: ${whatFailed(now)}`);
  }
}

/** The lab's keys are made at its start; on a real network a person compares them first. */
function keysOf({ steps, result }: TaskView) {
  const keys = [...steps.flatMap((s) => s.hostKey ?? []), ...(result?.hostKeys ?? [])];
  return keys.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint }));
}

const whatFailed = ({ steps }: TaskView) =>
  steps
    .filter((s) => s.state === 'failed')
    .map((s) => `${s.label}: ${s.detail ?? ''}`)
    .join('; ') || 'no step failed';
