import type { ServiceStatus } from '@/lib/contract/names';
import type { ContainerReading } from '@/lib/rules/readings';
import { integer, isContainerName } from './stream-numbers';

const STATES: ServiceStatus[] = ['running', 'exited', 'restarting', 'paused', 'created', 'dead'];
const stateOf = (text: string): ServiceStatus => STATES.find((s) => s === text) ?? 'unknown';

/** A `c` line: docker inspect; null when it is not whole. */
export function inspected(rest: string): ContainerReading | null {
  const parts = rest.split('|');
  const [name = '', id = '', image = '', state = '', started = '', finished = '', restarts = '', exit = '', oom, pid = ''] =
    parts;
  const bare = name.replace(/^\//, '');
  const restartCount = integer(restarts);
  if (parts.length < 13 || !isContainerName(bare) || !/^[0-9a-f]{12,64}$/.test(id) || restartCount === null) return null;
  const status = stateOf(state);
  return {
    name: bare,
    id,
    image: image.slice(0, 300),
    state: status,
    startedAt: dockerTime(started),
    finishedAt: dockerTime(finished),
    restartCount,
    // Docker says 0 for a container that runs; that is no exit code.
    exitCode: status === 'running' || status === 'created' ? null : integer(exit),
    oomKilled: oom === 'true',
    pid: integer(pid) || null,
    restartPolicy: parts[10] || null,
    stopSignal: parts[11] || null,
    agent: parts.slice(12).join('|') === 'true',
  };
}

/** A `p` line: docker ps knows less; its status holds the exit code: "Exited (137) 3 minutes ago". */
export function listed(rest: string): ContainerReading | null {
  const parts = rest.split('|');
  const [id = '', name = '', image = '', state = '', status = ''] = parts;
  if (parts.length < 6 || !isContainerName(name) || !/^[0-9a-f]{12,64}$/.test(id)) return null;
  return {
    ...{ name, id, image: image.slice(0, 300), state: stateOf(state), startedAt: null, finishedAt: null, restartCount: 0 },
    exitCode: integer(/^(?:Exited|Restarting) \((\d{1,3})\)/.exec(status)?.[1] ?? ''),
    ...{ oomKilled: false, pid: null, restartPolicy: null, stopSignal: null, agent: parts.slice(5).join('|') === 'true' },
  };
}

/** RFC 3339; Docker's zero time (year 1) means never. */
function dockerTime(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return ms > 0 ? ms : null;
}

/** Why docker gave nothing, in words. */
export function dockerSentence(words: string): string {
  if (/^sudo:|sudoers|not allowed to execute/i.test(words))
    return 'sudo does not allow docker here: add the sudoers lines that are shown';
  if (/permission denied/i.test(words)) return 'the SSH user may not use docker';
  if (/cannot connect|is the docker daemon running/i.test(words)) return 'the Docker engine does not run';
  return words.slice(0, 300);
}
