import type { HttpReading } from '@/lib/rules/readings';
import { httpRequest } from './http-request';
import { scripts } from './scripts';
import type { Shell } from './shell';
import { tlsFault, type TlsChoice } from './tls';

export type Probe = { probe: HttpReading['probe']; url: string };

/** Which status means well: Dashboard and Grafana may send one to sign in. */
const isWell = (probe: Probe['probe'], status: number) =>
  probe === 'dashboard' ? status < 500 : probe === 'grafana' ? status < 400 : status === 200;

/** From here. Never throws: a refused port, silence and a bad answer are readings. */
export async function probeHttp(probe: Probe, { timeoutMs, tls }: { timeoutMs: number; tls: TlsChoice }): Promise<HttpReading> {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const { status, body } = await httpRequest(new URL(probe.url), { tls, timeoutMs, limit: 2048 });
    return answered(probe, status, body, ms());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const fault = tlsFault(error);
    if (fault) return { ...failed(probe, 'answered', fault, ms()), ok: false };
    if (code === 'ECONNREFUSED') return failed(probe, 'refused', 'the port is closed', ms());
    if (code === 'ETIMEDOUT') return failed(probe, 'timeout', `no answer within ${timeoutMs} ms`, ms());
    // It took the connection and broke off, or speaks something else: it is there, and not well.
    if (code === 'ECONNRESET' || code.startsWith('HPE_'))
      return failed(probe, 'answered', 'it cut its answer short or does not speak HTTP', ms());
    return failed(probe, 'unreachable', code === 'ENOTFOUND' ? 'its name cannot be resolved' : 'there is no route to it', ms());
  }
}

/**
 * From the node that `shell` is on: its inner ports are open between nodes only. At most 40 URLs; all at once there.
 * @throws LinkError when the script cannot run; what fails at a URL is in its reading
 */
export async function probeThrough(
  shell: Shell,
  probes: Probe[],
  { timeoutSeconds, signal }: { timeoutSeconds: number; signal?: AbortSignal },
): Promise<HttpReading[]> {
  const { stdout } = await shell.run(scripts.probe, [String(timeoutSeconds), ...probes.map((p) => p.url)], {
    timeoutMs: timeoutSeconds * 1000 + 8_000,
    signal,
  });
  const lines = new Map(stdout.split('\n').flatMap((line) => parseProbe(line)));
  return probes.map(
    (probe, i) => lines.get(i + 1)?.(probe) ?? failed(probe, 'unreachable', 'the node did not report on this address', 0),
  );
}

/** A line of remote/probe.sh: `P index outcome status ms text`. */
function parseProbe(line: string): [number, (probe: Probe) => HttpReading][] {
  const [, index, outcome, status, ms, text = ''] =
    /^P (\d{1,3}) (answered|refused|timeout|unreachable|absent) (\d{1,3}) (\d{1,7}) ?(.*)$/.exec(line) ?? [];
  if (!index || !outcome) return [];
  const took = Number(ms);
  return [
    [
      Number(index),
      (probe) => {
        if (outcome === 'answered' && Number(status) > 0) return answered(probe, Number(status), text, took);
        if (outcome === 'answered') return failed(probe, 'answered', text || 'it does not speak HTTP', took);
        if (outcome === 'refused') return failed(probe, 'refused', 'the port is closed', took);
        if (outcome === 'timeout') return failed(probe, 'timeout', 'no answer in time', took);
        return failed(probe, 'unreachable', outcome === 'absent' ? 'neither curl nor wget is on the node' : text, took);
      },
    ],
  ];
}

function answered({ probe }: Probe, status: number, body: string, ms: number): HttpReading {
  const ok = isWell(probe, status);
  const said = body
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 120);
  return { probe, ok, status, outcome: 'answered', detail: ok ? `${status}` : `${status}${said ? `: ${said}` : ''}`, ms };
}

function failed({ probe }: Probe, outcome: HttpReading['outcome'], detail: string, ms: number): HttpReading {
  return { probe, ok: false, status: null, outcome, detail: detail.slice(0, 200), ms };
}
