import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { write } from '@/lab/host/root-tree';
import { execIn, powerOff, powerOn, untilReady, type Namespace, type Tree } from '@/lab/machine/namespace';
import { lives, type Outcome } from '@/lab/machine/process';
import type { HostPlan, Role } from '@/lab/plan';

const inspected = z.tuple([
  z.object({
    Id: z.string(),
    RestartCount: z.number(),
    State: z.object({ Status: z.string(), Pid: z.number(), StartedAt: z.string(), ExitCode: z.number() }),
  }),
]);

export interface ContainerState {
  id: string;
  /** Docker's own word: created, running, paused, restarting, exited, dead. */
  status: string;
  /** As the host sees it; 0 when it does not run. */
  pid: number;
  startedAt: string;
  exitCode: number;
  restarts: number;
}

/** One machine of a running lab. Commands run inside it as its root, without going through SSH. */
export class LabHost {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly gid: number;

  constructor(
    readonly plan: HostPlan,
    private readonly tree: Tree,
    private namespace: Namespace | null,
    private readonly changed: (namespace: Namespace | null) => void,
  ) {
    this.name = plan.name;
    this.role = plan.role;
    this.address = plan.address;
    this.gid = plan.gid;
  }

  get isOn(): boolean {
    return this.namespace !== null && lives(this.namespace.init);
  }

  /** Runs an argument list; no shell is involved unless you name one. `timeout` in ms (default 60,000). */
  async exec(argv: readonly string[], options: { input?: string; timeout?: number } = {}): Promise<Outcome> {
    if (!this.namespace || !this.isOn) return { code: -1, stdout: '', stderr: `${this.name} is switched off` };
    return execIn(this.namespace, argv, options);
  }

  /** exec that throws what the command said when it failed, and returns its output. */
  async must(argv: readonly string[], options: { input?: string; timeout?: number } = {}): Promise<string> {
    const outcome = await this.exec(argv, options);
    if (outcome.code !== 0)
      throw new Error(`${this.name}: ${argv.join(' ')} ended with ${outcome.code}: ${outcome.stderr || outcome.stdout}`);
    return outcome.stdout;
  }

  systemctl = (verb: string) => this.must(['systemctl', verb, 'openvidu'], { timeout: 120_000 });

  /** `docker kill`: the engine knows of it, so the container stays down whatever the restart policy. */
  kill = (container: string, signal = 'KILL') =>
    this.must(['docker', 'kill', `--signal=${signal}`, container]).then(() => undefined);

  /** A signal past the engine, as a crash or the kernel sends it: the restart policy applies. */
  async signal(container: string, signal: string): Promise<void> {
    const { pid } = await this.container(container);
    if (pid === 0) throw new Error(`${container} on ${this.name} does not run`);
    await this.must(['kill', `-${signal}`, String(pid)]);
  }

  async container(name: string): Promise<ContainerState> {
    const [state] = inspected.parse(JSON.parse(await this.must(['docker', 'inspect', name])));
    const { Status, Pid, StartedAt, ExitCode } = state.State;
    return { id: state.Id, status: Status, pid: Pid, startedAt: StartedAt, exitCode: ExitCode, restarts: state.RestartCount };
  }

  /** A file of the host, by its path on the host; works while it is switched off too (mounts of its own are not seen). */
  readFile = (path: string) => readFileSync(join(this.tree.dir, 'root', path), 'utf8');
  writeFile = (path: string, text: string, mode?: number) => {
    mkdirSync(dirname(join(this.tree.dir, 'root', path)), { recursive: true });
    write(join(this.tree.dir, 'root'), path, text, mode);
  };

  /** Power cut: everything of the host is gone at once; its disk stays. */
  async powerOff(): Promise<void> {
    if (this.namespace) await powerOff(this.namespace);
    this.namespace = null;
    this.changed(null);
  }

  /** Boots: SSH server, engine, and the product where its unit is enabled. Resolves when all of that is done. */
  async powerOn(): Promise<void> {
    if (!this.isOn) {
      this.namespace = await powerOn(this.tree);
      this.changed(this.namespace);
    }
    await untilReady(this.tree);
    if ((await this.exec(['systemctl', 'is-enabled', 'openvidu'])).code === 0) await this.systemctl('start');
  }

  /** Boots without the product: for a first start, where the masters come before the media nodes. */
  async bootOnly(): Promise<void> {
    this.namespace = await powerOn(this.tree);
    this.changed(this.namespace);
    await untilReady(this.tree);
  }

  /** Tells a simulation of this host to do something (lab/sim: each writes the URL of its control port). */
  async control(service: string, act: string, body: unknown = {}): Promise<unknown> {
    const url = this.readFile(`/run/lab/sims/${service}.control`);
    const response = await fetch(new URL(act, url), {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${service} on ${this.name}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
