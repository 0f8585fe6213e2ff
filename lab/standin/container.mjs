import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants, hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { restartDelay } from './restart-policy.mjs';
import { NEVER, stamp } from './time.mjs';

const later = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * One container: a process of the host in a session of its own, with Docker's record of it kept in `<id>.json` and what it
 * prints in `<id>.log`. There is no isolation: image, mounts and networks are only remembered.
 */
export class Container {
  #child;
  #ended = Promise.resolve();
  #timer;
  #lastDelayMs = 0;

  /** @param record what `docker inspect` shows, plus `standin` @param {{emit: (action: string, more?: object) => void, line: (entry: object) => void}} out */
  constructor(record, folder, out) {
    this.record = record;
    this.file = `${folder}/${record.Id}.json`;
    this.log = `${folder}/${record.Id}.log`;
    this.out = out;
  }

  get id() {
    return this.record.Id;
  }
  get name() {
    return this.record.Name.slice(1);
  }
  get busy() {
    return this.record.State.Running;
  }

  save() {
    writeFileSync(`${this.file}.new`, JSON.stringify(this.record));
    renameSync(`${this.file}.new`, this.file);
  }

  /** Starts by hand: counts anew. Throws the runtime's words, with a code of 126 or 127, when the program cannot be run. */
  async start() {
    if (this.record.State.Running && !this.record.State.Restarting) return;
    this.#cancelRestart();
    this.record.RestartCount = 0;
    this.#lastDelayMs = 0;
    Object.assign(this.record.standin, { stoppedByHand: false, leaveDown: false });
    await this.#launch();
  }

  async #launch() {
    const { Path, Args, Config, State, standin } = this.record;
    const env = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOSTNAME: Config.Hostname || hostname(),
      HOME: '/root',
      ...Object.fromEntries(Config.Env.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)])),
    };
    const own = process.getuid?.() === 0 ? standin.user : {};
    const options = { cwd: Config.WorkingDir || '/', env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...own };
    const child = spawn(Path, Args, options);
    const problem = await new Promise((done) => child.once('spawn', () => done(undefined)).once('error', done));
    if (problem) throw this.#unstartable(problem);
    this.#child = child;
    const now = stamp();
    Object.assign(State, {
      Status: 'running',
      Running: true,
      Restarting: false,
      OOMKilled: false,
      Pid: child.pid,
      ExitCode: 0,
      Error: '',
    });
    State.StartedAt = now;
    standin.startTime = startTime(child.pid);
    for (const stream of ['stdout', 'stderr']) this.#record(stream, child[stream]);
    this.#ended = new Promise((done) => child.once('exit', (code, signal) => done(this.#exited(child, code, signal))));
    this.save();
    this.out.emit('start');
  }

  #unstartable({ code }) {
    const { Path, State } = this.record;
    const reason = Path.includes('/') ? `stat ${Path}: no such file or directory` : 'executable file not found in $PATH';
    const text = `exec: "${Path}": ${code === 'EACCES' ? 'permission denied' : reason}`;
    State.ExitCode = code === 'EACCES' ? 126 : 127;
    State.Error = `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${text}: unknown`;
    this.save();
    return Object.assign(new Error(`${State.Error}.`), { exitCode: State.ExitCode });
  }

  #record(stream, readable) {
    createInterface({ input: readable }).on('line', (log) => {
      const entry = { log: `${log}\n`, stream, time: stamp() };
      appendFileSync(this.log, `${JSON.stringify(entry)}\n`);
      this.out.line(entry);
    });
  }

  async #exited(child, code, signal) {
    // Like the end of a PID namespace: what the first process leaves behind ends with it.
    signalGroup(child.pid, 'SIGKILL');
    const exitCode = code ?? 128 + constants.signals[signal];
    const closed = new Promise((done) => child.once('close', done));
    await Promise.race([closed, later(500)]);
    const { State, HostConfig, standin } = this.record;
    const ranMs = Date.now() - Date.parse(State.StartedAt);
    const { stoppedByHand, leaveDown } = standin;
    const restarts = this.record.RestartCount;
    const delay = restartDelay(HostConfig.RestartPolicy, {
      exitCode,
      leaveDown,
      stoppedByHand,
      restarts,
      ranMs,
      lastDelayMs: this.#lastDelayMs,
    });
    Object.assign(State, { Status: 'exited', Running: false, Pid: 0, ExitCode: exitCode, FinishedAt: stamp() });
    if (delay !== undefined) this.#restartAfter(delay);
    this.save();
    this.out.emit('die', { exitCode: String(exitCode) });
  }

  #restartAfter(delay) {
    this.#lastDelayMs = delay;
    this.record.RestartCount += 1;
    Object.assign(this.record.State, { Status: 'restarting', Running: true, Restarting: true });
    this.#timer = setTimeout(() => {
      this.#launch().catch(() => {
        Object.assign(this.record.State, { Status: 'exited', Running: false, Restarting: false });
        this.save();
      });
    }, delay);
  }

  #cancelRestart() {
    clearTimeout(this.#timer);
    if (!this.record.State.Restarting) return;
    Object.assign(this.record.State, { Status: 'exited', Running: false, Restarting: false, FinishedAt: stamp() });
    this.save();
  }

  /** `docker kill`: one signal to the first process only. A container that waits for its restart stays down instead. */
  kill(signal) {
    const stopSignal = this.record.Config.StopSignal;
    const leaveDown = !stopSignal || signal === 'SIGKILL' || signalName(stopSignal) === signal;
    Object.assign(this.record.standin, { stoppedByHand: true, leaveDown: this.record.standin.leaveDown || leaveDown });
    this.save();
    if (this.record.State.Restarting) return this.#cancelRestart();
    this.out.emit('kill', { signal: String(constants.signals[signal]) });
    try {
      process.kill(this.#child.pid, signal);
    } catch {
      // It ended in this very moment.
    }
  }

  /** `docker stop`: the stop signal, then SIGKILL after `seconds`. Resolves when the process is gone. */
  async stop(seconds) {
    if (!this.record.State.Running) return;
    if (this.record.State.Restarting) this.#cancelRestart();
    else {
      this.kill(signalName(this.record.Config.StopSignal || 'SIGTERM'));
      const patience = seconds < 0 ? this.#ended : Promise.race([this.#ended, later(seconds * 1000)]);
      await patience;
      if (this.record.State.Running) this.kill('SIGKILL');
      await this.#ended;
    }
    this.out.emit('stop');
  }

  /** As the kernel's out-of-memory killer: for scenarios, Docker has no such command. */
  async oom() {
    this.out.emit('oom');
    process.kill(this.#child.pid, 'SIGKILL');
    await this.#ended;
    this.record.State.OOMKilled = true;
    this.save();
  }

  async end() {
    if (this.record.State.Restarting) this.#cancelRestart();
    if (this.record.State.Running) this.kill('SIGKILL');
    await this.#ended;
  }

  forget() {
    rmSync(this.file, { force: true });
    rmSync(this.log, { force: true });
    this.out.emit('destroy');
  }

  /** After the engine was killed: what still runs is ended; true when the policy brings the container back. */
  recover() {
    const { State, standin, HostConfig } = this.record;
    if (State.Pid && startTime(State.Pid) === standin.startTime) signalGroup(State.Pid, 'SIGKILL');
    const ran = State.Running;
    if (ran)
      Object.assign(State, { Status: 'exited', Running: false, Restarting: false, Pid: 0, ExitCode: 137, FinishedAt: stamp() });
    this.save();
    const policy = HostConfig.RestartPolicy.Name;
    return policy === 'always' || (ran && policy !== 'no' && !standin.stoppedByHand);
  }
}

/** "3", "QUIT" and "SIGQUIT" are the same signal; throws for what is none. */
export function signalName(text) {
  const upper = String(text).toUpperCase();
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === upper)?.[0];
  const name = byNumber ?? (upper.startsWith('SIG') ? upper : `SIG${upper}`);
  if (!(name in constants.signals)) throw new Error(`Invalid signal: ${text}`);
  return name;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Field 22 of /proc/<pid>/stat: with it a pid that was given away again is not taken for the old process. */
function startTime(pid) {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(') ')[1]?.split(' ')[19] : undefined;
}

export function newRecord({ id, name, image, command, labels, env, stopSignal, policy, network, user, workdir, mounts, number }) {
  const [Path, ...Args] = command;
  return {
    Id: id,
    Created: stamp(),
    Path,
    Args,
    State: { Status: 'created', Running: false, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 0, ExitCode: 0, Error: '', StartedAt: NEVER, FinishedAt: NEVER }, // prettier-ignore
    Image: image.id,
    Name: `/${name}`,
    RestartCount: 0,
    Driver: 'standin',
    Platform: 'linux',
    HostConfig: {
      Binds: mounts.length ? mounts : null,
      NetworkMode: network,
      RestartPolicy: policy,
      AutoRemove: false,
      Privileged: false,
      Memory: 0,
    },
    Mounts: mounts.map((mount) => bind(mount)),
    Config: { Hostname: network === 'host' ? hostname() : id.slice(0, 12), Domainname: '', User: user?.text ?? '', AttachStdin: false, AttachStdout: false, AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false, Env: env, Cmd: command, Image: image.name, Volumes: null, WorkingDir: workdir, Entrypoint: null, OnBuild: null, Labels: labels, ...(stopSignal && { StopSignal: stopSignal }) }, // prettier-ignore
    NetworkSettings: { Ports: {}, IPAddress: '', Networks: { [network === 'default' ? 'bridge' : network]: { IPAddress: '' } } },
    standin: { number, stoppedByHand: false, leaveDown: false, user: user?.ids ?? {} },
  };
}

function bind(mount) {
  const [Source, Destination = Source, Mode = ''] = mount.split(':');
  return { Type: 'bind', Source, Destination, Mode, RW: Mode !== 'ro', Propagation: 'rprivate' };
}
