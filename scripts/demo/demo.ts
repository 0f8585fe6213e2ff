import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { destroy } from '@/lab/cleanup';
import { startLab, type Lab } from '@/lab/index';
import { startPeople, type People } from '@/lab/people/index';
import { listStates } from '@/lab/state';
import { createToken } from '@/lib/core/access/tokens';
import { asSystem } from '../launcher/administrator';
import { dataDirectory } from '../launcher/data-dir';
import { launch, type Launched } from '../launcher/launch';
import { claimOrExplain, type Lock } from '../launcher/lock';
import { untilSignal, urlOfHolder } from '../launcher/start';
import { registerDeployment } from './register';

const EMAIL = 'demo@example.com';
const MARK = 'demo.json';
const ROOMS = 12;
const CLIENTS = 8;

/** Everything is made anew at each start and ends with it; only this machine sees it. */
export async function demo() {
  const dataDir = process.env.SIGNALBOX_DATA_DIR ? dataDirectory() : path.join(dataDirectory(), 'demo');
  await refuseForeign(dataDir);
  const claimed = await claimOrExplain(dataDir);
  if ('holder' in claimed) {
    const url = await urlOfHolder(dataDir);
    console.log(`The demo runs already (process ${claimed.holder.pid})${url ? `: ${url}` : ', and is still starting'}`);
    return;
  }
  const ending = untilSignal();
  const show = new Show(dataDir, claimed.lock);
  let code = 0;
  try {
    const early = await Promise.race([show.begin(), ending]);
    const why = early ?? (await Promise.race([ending, show.failed()]));
    if (why.failed) throw new Error(why.sentence);
  } catch (error) {
    console.error(`Signalbox: the demo ends: ${error instanceof Error ? error.message : String(error)}`);
    code = 1;
  }
  await show.end();
  process.exit(code);
}

/** A folder of the demo has its mark; whatever else is there belongs to somebody. */
async function refuseForeign(dataDir: string) {
  const names: string[] = await readdir(dataDir).catch(() => []);
  if (names.length > 0 && !names.includes(MARK)) {
    throw new Error(
      `${dataDir} is in use by something else; the demo makes its own data anew at each start. Choose an empty folder with SIGNALBOX_DATA_DIR.`,
    );
  }
}

class Show {
  private signalbox: Launched | undefined;
  private lab: Lab | undefined;
  private people: People | undefined;
  private starting: Promise<unknown>[] = [];

  constructor(
    private readonly dataDir: string,
    private readonly lock: Lock,
  ) {}

  async begin(): Promise<undefined> {
    const began = Date.now();
    const password = randomBytes(9).toString('base64url');
    await this.clear();
    const signalbox = this.launch(password);
    const lab = startLab({}, (line) => console.error(`lab: ${line}`)).then((l) => (this.lab = l));
    this.starting = [signalbox, lab];
    const [up, deployment] = await Promise.all([signalbox, lab]);
    await this.invitePeople(deployment);
    const { web } = up.database.connections;
    const { token } = await asSystem(web, (ctx) =>
      createToken({ ctx, input: { name: 'demo', scope: 'admin', expiresInDays: 7 } }),
    );
    const { masters, sshPort, sshUser, sshPrivateKey } = deployment.connection;
    const slug = await registerDeployment(up.url, token, 'Demo', { address: masters[0] ?? '', sshPort, sshUser, sshPrivateKey });
    this.tell({ up, deployment, slug, password, token, seconds: (Date.now() - began) / 1000 });
  }

  failed() {
    return this.signalbox?.failed ?? new Promise<never>(() => undefined);
  }

  /** Also in the middle of starting: a half-built lab is ended by its state file, then what was waiting for it gives up. */
  async end() {
    const ofThis = () => listStates().filter((state) => state.owner?.pid === process.pid);
    const lab = async () => {
      if (this.lab) return this.lab.stop();
      for (const state of ofThis()) await destroy(state);
      await Promise.allSettled(this.starting);
      for (const state of ofThis()) await destroy(state);
    };
    const steps = [() => this.people?.stop(), lab, () => this.signalbox?.stop(), () => this.lock.release()];
    for (const step of steps) {
      await Promise.resolve(step()).catch((error: unknown) => console.error(`while ending: ${String(error)}`));
    }
  }

  private async clear() {
    for (const name of ['postgres', 'postgres.json', 'postgres.log', 'keys', 'logs']) {
      await rm(path.join(this.dataDir, name), { recursive: true, force: true });
    }
    await writeFile(path.join(this.dataDir, MARK), JSON.stringify({ demo: true }), { mode: 0o600 });
  }

  private async launch(password: string): Promise<Launched> {
    const env = { ...process.env, DATABASE_URL: '', SIGNALBOX_ADMIN_EMAIL: EMAIL, SIGNALBOX_ADMIN_PASSWORD: password };
    this.signalbox = await launch({ dataDir: this.dataDir, lock: this.lock, logs: 'files', env });
    return this.signalbox;
  }

  private async invitePeople({ connection, hosts, plan }: Lab) {
    const media = new Set(plan.media.map((m) => m.name));
    this.people = await startPeople({
      livekitUrl: connection.livekitUrl,
      apiKey: connection.apiKey,
      apiSecret: connection.apiSecret,
      rooms: ROOMS,
      clients: CLIENTS,
      egress: 2,
      ingress: 1,
      controls: hosts.filter((h) => media.has(h.name)).map((h) => h.control.bind(h)),
      log: () => undefined,
    });
    this.people.churn(true);
    if (!this.people.real) console.error(`lab: rooms without people, because ${this.people.why ?? 'rtc-node is missing'}`);
  }

  private tell({
    up,
    deployment,
    slug,
    password,
    token,
    seconds,
  }: {
    up: Launched;
    deployment: Lab;
    slug: string;
    password: string;
    token: string;
    seconds: number;
  }) {
    const part = (real: boolean) =>
      deployment.parts
        .filter((p) => p.real === real)
        .map((p) => p.name)
        .join(', ') || 'nothing';
    const lines = [
      '',
      `Signalbox is up: ${up.url}/d/${slug}`,
      `  e-mail    ${EMAIL}`,
      `  password  ${password}`,
      `  token     ${token}`,
      `The lab ${deployment.name}: ${deployment.connection.masters.length} masters, ${deployment.connection.media.length} media nodes; real: ${part(true)}; simulated: ${part(false)}`,
      'Hurt it from another terminal: npm run lab -- list; npm run lab -- scenario media-killed',
      `Up in ${seconds.toFixed(1)} s. Logs: ${path.join(this.dataDir, 'logs')}. Ctrl-C ends all of it.`,
      '',
    ];
    console.log(lines.join('\n'));
  }
}
