import type { ContainerEvent, HostReading } from '@/lib/rules/readings';
import type { LinkError } from './errors';
import { scripts } from './scripts';
import type { ScriptStream, Shell } from './shell';
import { StreamParser } from './stream-parser';

export type NodeStreamOptions = {
  /** readonly: as SshTarget.mode. */
  mode: 'full' | 'readonly';
  intervalSeconds: number;
  installDir: string;
  /** The node's address: its health ports are asked there first, then on 127.0.0.1. */
  address: string;
  egressHealth: number;
  ingressHealth: number;
};
export type NodeStreamHandlers = {
  onReading: (reading: HostReading) => void;
  /** At once, also between readings; the next reading follows within about a second. */
  onEvent: (event: ContainerEvent) => void;
  /** Called once; null after close(). */
  onEnd: (error: LinkError | null) => void;
};

/**
 * One SSH channel that prints the node's figures until closed. `poke()` makes it look again within a second.
 * @throws LinkError when it cannot be started
 */
export async function openNodeStream(
  shell: Shell,
  options: NodeStreamOptions,
  handlers: NodeStreamHandlers,
  signal?: AbortSignal,
): Promise<ScriptStream & { garbage(): number }> {
  const parser = new StreamParser({ reading: handlers.onReading, event: handlers.onEvent });
  const { mode, intervalSeconds, installDir, address, egressHealth, ingressHealth } = options;
  const values = [mode, intervalSeconds, installDir, address, egressHealth, ingressHealth].map(String);
  const stream = await shell.stream(scripts.stream, values, {
    onLine: (line, cut) => parser.push(line, cut),
    onEnd: handlers.onEnd,
    signal,
  });
  return { ...stream, garbage: () => parser.garbage };
}
