import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { until } from '@/lab/machine/process';

export const KEY = 'devkey';
export const SECRET = 'a-secret-of-the-rig-that-is-long-enough';
const PASSWORD = 'rig';
const MASTER_NAME = 'rig';

export interface SimOptions {
  role?: 'master' | 'media';
  masters?: string[];
  media?: string[];
  [more: string]: unknown;
}

/** Single parts of a lab for tests: a Redis (with Sentinels if wanted), simulations and real servers as plain processes. */
export class Rig {
  private made: string | undefined;
  private readonly children: ChildProcess[] = [];
  private redisSettings: Record<string, unknown> = {};

  /** @param net first three bytes of the addresses, such as 127.21.0 */
  constructor(private readonly net: string) {}

  /** Made on first use: tests that are left out leave no folder. */
  get dir(): string {
    return (this.made ??= mkdtempSync(join(tmpdir(), 'signalbox-rig-')));
  }

  at = (last: number) => `${this.net}.${last}`;

  run(command: string, argv: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(command, argv, { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    // Nobody may read on: a full pipe would stop a server that logs.
    child.stdout.resume();
    child.stderr.resume();
    this.children.push(child);
    return child;
  }

  /** A Redis without Sentinel on .1. */
  async redis(): Promise<void> {
    this.redisSettings = { host: this.at(1), port: 7000, password: PASSWORD };
    await this.redisServer(this.at(1), []);
  }

  /** Two Redis servers on .1 (master) and .2 with three Sentinels; failover begins a second after a death. */
  async redisWithSentinels(): Promise<ChildProcess> {
    const master = await this.redisServer(this.at(1), ['--masterauth', PASSWORD]);
    await this.redisServer(this.at(2), [
      '--masterauth',
      PASSWORD,
      '--replicaof',
      this.at(1),
      '7000',
      '--replica-announce-ip',
      this.at(2),
    ]);
    for (const last of [1, 2, 3]) {
      const file = join(this.dir, `sentinel-${last}.conf`);
      const lines = [
        `bind ${this.at(last)}`,
        'port 7001',
        'protected-mode no',
        `dir "${this.dir}"`,
        `sentinel announce-ip ${this.at(last)}`,
        `sentinel monitor ${MASTER_NAME} ${this.at(1)} 7000 2`,
        `sentinel auth-pass ${MASTER_NAME} ${PASSWORD}`,
        `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
        `sentinel failover-timeout ${MASTER_NAME} 5000`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      await this.said(this.run('redis-server', [file, '--sentinel']), '+monitor');
    }
    // Sentinels that do not know each other yet hold no election.
    await until('the Sentinels to find each other', async () => {
      const known = await Promise.all([1, 2, 3].map((last) => this.knownTo(last)));
      return known.every(([others, replicas]) => others === '2' && replicas === '1') || undefined;
    });
    const sentinels = [1, 2, 3].map((last) => ({ host: this.at(last), port: 7001 }));
    this.redisSettings = { sentinels, masterName: MASTER_NAME, password: PASSWORD };
    return master;
  }

  /** Hands over to the replica, the old master staying up. */
  async failover(): Promise<void> {
    const sentinel = new Redis({ host: this.at(1), port: 7001 });
    await sentinel.call('SENTINEL', 'FAILOVER', MASTER_NAME);
    sentinel.disconnect();
  }

  /** How many other Sentinels and how many replicas a Sentinel knows. */
  private async knownTo(last: number): Promise<(string | undefined)[]> {
    const sentinel = new Redis({ host: this.at(last), port: 7001 });
    const facts = z.array(z.string()).parse(await sentinel.call('SENTINEL', 'master', MASTER_NAME));
    sentinel.disconnect();
    return ['num-other-sentinels', 'num-slaves'].map((name) => facts[facts.indexOf(name) + 1]);
  }

  private async redisServer(address: string, more: string[]): Promise<ChildProcess> {
    const own = join(this.dir, `redis-${address}`);
    mkdirSync(own);
    const child = this.run('redis-server', [
      '--bind',
      address,
      '--port',
      '7000',
      '--requirepass',
      PASSWORD,
      '--save',
      '',
      '--dir',
      own,
      ...more,
    ]);
    await this.said(child, 'Ready to accept');
    return child;
  }

  /** Settings for an ioredis of the test itself. */
  get redisOptions(): {
    host?: string;
    port?: number;
    password: string;
    sentinels?: { host: string; port: number }[];
    name?: string;
  } {
    const { masterName, ...settings } = this.redisSettings;
    return { ...settings, password: PASSWORD, ...(masterName === MASTER_NAME && { name: MASTER_NAME }) };
  }

  /** Starts a simulation and resolves when it says that it is one. */
  async sim(service: string, last: number, options: SimOptions = {}): Promise<ChildProcess> {
    const { role = 'media', masters = [], media = [], ...more } = options;
    const dir = join(this.dir, `host-${last}`);
    mkdirSync(dir, { recursive: true });
    const livekit = { key: KEY, secret: SECRET, port: 7880 };
    const config = {
      service,
      host: `host-${last}`,
      role,
      address: this.at(last),
      masters,
      media,
      ports: {},
      redis: this.redisSettings,
      livekit,
      dir,
      ...more,
    };
    const file = join(dir, `${service}.json`);
    writeFileSync(file, JSON.stringify(config));
    const child = this.run(process.execPath, [fileURLToPath(new URL(`./${service}.mjs`, import.meta.url))], { SIM_CONFIG: file });
    await this.said(child, `simulated ${service}`);
    return child;
  }

  /** Tells a simulation to do something by its control port. */
  control =
    (last: number) =>
    async (service: string, act: string, body: unknown = {}): Promise<unknown> => {
      const url = readFileSync(join(this.dir, `host-${last}`, `${service}.control`), 'utf8');
      const response = await fetch(new URL(act, url), { method: 'POST', body: JSON.stringify(body) });
      const answer: unknown = await response.json();
      if (!response.ok) throw new Error(JSON.stringify(answer));
      return answer;
    };

  /** A real livekit-server on the Redis of `redis()`. Its media ports bind every address: they must differ from all others. */
  async livekit(binary: string, last: number, mediaPort: number): Promise<ChildProcess> {
    const file = join(this.dir, `livekit-${last}.yaml`);
    const lines = [
      'port: 7880',
      `bind_addresses: [${this.at(last)}]`,
      `rtc: { tcp_port: ${mediaPort}, udp_port: ${mediaPort}, node_ip: ${this.at(last)}, enable_loopback_candidate: true, interfaces: { includes: [lo] } }`,
      `redis: { address: "${this.at(1)}:7000", password: ${PASSWORD} }`,
      `keys: { ${KEY}: ${SECRET} }`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const child = this.run(binary, ['--config', file]);
    await until('livekit-server', () =>
      fetch(`http://${this.at(last)}:7880/`).then(
        (response) => response.ok || undefined,
        () => undefined,
      ),
    );
    return child;
  }

  /** Resolves at the first output that contains `words`; rejects with all output when the process ends or 15 s pass. */
  said(child: ChildProcess, words: string): Promise<void> {
    return new Promise((done, fail) => {
      let output = '';
      const timer = setTimeout(() => fail(new Error(`did not say "${words}": ${output}`)), 15_000);
      const take = (chunk: Buffer) => {
        output += chunk.toString();
        if (!output.includes(words)) return;
        clearTimeout(timer);
        done();
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('exit', (code) => {
        clearTimeout(timer);
        fail(new Error(`ended with ${code}: ${output}`));
      });
    });
  }

  async end(): Promise<void> {
    const running = this.children.filter((child) => child.exitCode === null && child.signalCode === null);
    const gone = running.map((child) => new Promise((done) => child.once('exit', done)));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(gone);
    if (this.made) rmSync(this.made, { recursive: true, force: true });
  }
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((done) =>
    child.exitCode === null && child.signalCode === null ? child.once('exit', (code) => done(code)) : done(child.exitCode),
  );
