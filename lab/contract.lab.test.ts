import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, normal, noRealEngine } from '@/lab/standin/engines';

const ADDRESS = '127.27.0.1';
const remote = fileURLToPath(new URL('../remote/', import.meta.url));
const scripts = readdirSync(remote).filter((name) => name.endsWith('.sh'));
const why = noRealEngine();
if (why) process.stdout.write(`the remote scripts are not compared on two engines here: ${why}\n`);

const WAITS = 'trap "exit 3" QUIT; while :; do sleep 0.1; done';
const folder = why ? '' : mkdtempSync(join(tmpdir(), 'sbx-contract-'));
const install = join(folder, 'openvidu');
let server: Server;

interface Case {
  input: string[];
  /** Called with all output so far; true ends the script's input. Without it the input ends at once. */
  done?: (output: string, engine: Engine) => boolean;
  /** Lines that must be the same, without what two machines may differ in. */
  compared: (lines: string[]) => string[];
  /** What must be among them, so that two empty answers do not pass. */
  contains: RegExp[];
}

/** The stream: two ticks, a signal to a container after the first, its events, and a tick that shows the end. */
function streamCase(mode: string): Case {
  const asked = new WeakSet<Engine>();
  return {
    input: [mode, '1', install, ADDRESS, '0', '0'],
    done(output, engine) {
      if (!asked.has(engine) && /^E 2$/m.test(output)) {
        asked.add(engine);
        void engine.call('kill', '--signal=SIGQUIT', 'egress');
      }
      return /^c \/egress\|.*\|exited\|/m.test(output) && /^e .*\|die\|egress\|3\|/m.test(output);
    },
    // Each state once: how many ticks fell into it is a matter of speed.
    compared: (lines) => [...new Set(lines.filter((line) => /^[Ccpegi] /.test(line)).map(anyPid))].sort(),
    contains: [
      /^C ok$/,
      /^c \/egress\|ID64\|.*\|running\|/,
      /^c \/egress\|.*\|exited\|.*\|3\|false\|0\|/,
      ...withoutStopSignal(mode),
      /^e \d*N?\|die\|egress\|3\|/,
    ],
  };
}

/** Containers without a stop signal of their own: a template that does not fit Docker's struct loses them. */
const withoutStopSignal = (mode: string) =>
  mode === 'full'
    ? [/^c \/agent-x\|.*\|true$/, /^c \/ingress\|/, /^c \/openvidu\|/]
    : [/^p ID64\|agent-x\|.*\|true$/, /^c \/ingress\|/];

/** `time|action|…` of an event and the pid of a running container. */
const anyPid = (line: string) => line.replace(/^e \d+\|/, 'e N|').replace(/\|(true|false)\|[1-9]\d*\|/, '|$1|PID|');

const CASES: Record<string, Case[]> = {
  'stream.sh': [streamCase('full'), streamCase('readonly')],
  'read-config.sh': ['full', 'readonly'].map((mode) => ({
    input: [mode, install],
    compared: (lines) => [...lines].sort(),
    contains: [/^I agent-x lab\/empty:1$/, /^\+REDIS_PASSWORD=x$/, /^E$/],
  })),
  'probe.sh': [
    {
      input: ['2', `http://${ADDRESS}:7880/health/caddy`, `http://${ADDRESS}:1/`, 'file:///etc/passwd'],
      compared: (lines) => lines.map((line) => line.replace(/^(P \d+ \w+ \d+) \d+/, '$1 MS')).sort(),
      contains: [/^P 1 answered 200 MS OK$/, /^P 2 refused 0 /, /^P 3 unreachable 0 /],
    },
  ],
};

function runScript(name: string, { input, done }: Case, engine: Engine): Promise<string[]> {
  const child = spawn('/bin/sh', [join(remote, name)], {
    env: { ...process.env, PATH: `${engine.bin}:${process.env.PATH ?? ''}` },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdin.write(`${input.join('\n')}\n`);
  if (!done) child.stdin.end();
  return new Promise((resolve, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(new Error(`${name} on the ${engine.kind} engine did not come to its end: ${output}`));
    }, 40_000);
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (done?.(output, engine)) child.stdin.end();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve([...output.split('\n').filter(Boolean).map(normal), `exit ${code}`]);
    });
  });
}

describe.skipIf(why)('every remote script says the same on the stand-in docker and on the real engine', () => {
  const engines = why ? [] : [new Engine('real'), new Engine('standin')];

  beforeAll(async () => {
    mkdirSync(join(install, 'config/cluster'), { recursive: true });
    writeFileSync(join(install, 'config/cluster/openvidu.env'), 'REDIS_PASSWORD=x\n');
    server = createServer((_, response) => response.end('OK'));
    await new Promise<void>((done) => server.listen(7880, ADDRESS, done));
    for (const engine of engines) {
      await engine.start();
      // The read-only mode asks by sudo; here it is a stand-in that only drops its -n.
      writeFileSync(join(engine.bin, 'sudo'), '#!/bin/sh\nshift\nexec "$@"\n');
      chmodSync(join(engine.bin, 'sudo'), 0o755);
    }
  });
  afterAll(async () => {
    for (const engine of engines) await engine.end();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** One that runs, one that was stopped, one that keeps failing, one agent: the same on both, made anew for each case. */
  async function containers(engine: Engine): Promise<void> {
    await engine.call('rm', '-f', 'egress', 'ingress', 'openvidu', 'agent-x');
    await engine.runScript(WAITS, '--name', 'egress', '--restart', 'unless-stopped', '--stop-signal', 'SIGINT');
    await engine.runScript('exit 3', '--name', 'ingress');
    await engine.runScript('exit 4', '--name', 'openvidu', '--restart', 'on-failure:1');
    await engine.runScript(WAITS, '--name', 'agent-x', '--label', 'openvidu-agent=true', '--restart', 'always');
    await engine.shows('ingress', '{{.State.Status}}', 'exited');
    await engine.shows('openvidu', '{{.RestartCount}} {{.State.Status}}', '1 exited');
  }

  test.each(scripts)('%s', async (name) => {
    const cases = CASES[name];
    if (!cases) throw new Error(`remote/${name} has no case here: add its inputs`);
    for (const one of cases) {
      const answers = [];
      for (const engine of engines) {
        await containers(engine);
        answers.push(one.compared(await runScript(name, one, engine)));
      }
      for (const pattern of one.contains)
        expect(answers[0], `${name} ${one.input[0]} on the real engine`).toContainEqual(expect.stringMatching(pattern));
      expect(answers[1], `${name} ${one.input[0]}`).toEqual(answers[0]);
    }
  });
});
