import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, normal, noRealEngine } from '@/lab/standin/engines';

const why = noRealEngine();
if (why) process.stdout.write(`the stand-in is not compared with a real engine here: ${why}\n`);

const TALKS = 'trap "echo bye; exit 3" QUIT; trap "exit 4" TERM; echo hi; sleep 0.1; echo err >&2; while :; do sleep 0.1; done';
const STATE = '{{json .State}} {{.RestartCount}}';

/** The same commands on both engines; each test compares exit code, stdout and stderr of every command. */
describe.skipIf(why)('the stand-in docker says and does what the real engine says and does', () => {
  const engines = why ? [] : [new Engine('real'), new Engine('standin')];
  beforeAll(async () => {
    for (const engine of engines) await engine.start();
  });
  afterAll(async () => {
    for (const engine of engines) await engine.end();
  });

  type Step = (engine: Engine) => Promise<unknown>;
  const call =
    (...argv: string[]): Step =>
    async (engine) => {
      const { code, stdout, stderr } = await engine.call(...argv);
      return { argv, code, stdout: normal(stdout), stderr: normal(stderr) };
    };
  const start =
    (name: string, script: string, ...flags: string[]): Step =>
    async (engine) => {
      const { code, stdout, stderr } = await engine.runScript(script, '--name', name, ...flags);
      return { run: name, code, stdout: normal(stdout), stderr: normal(stderr) };
    };
  const shows =
    (name: string, template: string, wanted: string): Step =>
    (engine) =>
      engine.shows(name, template, wanted);
  const says =
    (name: string, words: string): Step =>
    async (engine) => {
      for (let tries = 0; tries < 100; tries += 1) {
        const { stdout, stderr } = await engine.call('logs', name);
        if ((stdout + stderr).includes(words)) return;
      }
      throw new Error(`${name} did not say ${words}`);
    };

  /** Runs the steps on both engines, with their events, and compares step by step. */
  async function same(steps: Step[]): Promise<void> {
    const results = [];
    for (const engine of engines) {
      const events = await engine.events();
      const outcomes = [];
      for (const step of steps) outcomes.push(await step(engine));
      await engine.runScript('true', '--name', 'the-last');
      await engine.call('rm', '-f', 'the-last');
      await expect.poll(() => events.lines().some((line) => line.includes('destroy') && line.includes('the-last'))).toBe(true);
      const lines = events.lines().filter((line) => !line.includes('the-last'));
      outcomes.push(lines.map(normal));
      events.end();
      results.push(outcomes);
    }
    expect(results[1]).toEqual(results[0]);
  }

  test('a life: run, ps, inspect, logs, kill, start, exec, restart, remove, with the same events in the same order', () =>
    same([
      start(
        'aa',
        TALKS,
        '--label',
        'openvidu-agent=true',
        '--label',
        'x=1',
        '--restart',
        'unless-stopped',
        '--stop-signal',
        'SIGQUIT',
        '-e',
        'A=b',
      ),
      says('aa', 'err'),
      call('ps'),
      call('ps', '--format', '{{json .}}'),
      call('ps', '--no-trunc', '--format', '{{.ID}}|{{.Names}}|{{.Image}}|{{.State}}|{{.Status}}|{{.Label "openvidu-agent"}}'),
      call('ps', '-q', '--no-trunc', '--filter', 'status=running'),
      call('ps', '-a', '--filter', 'label=x=2'),
      call('ps', '-aq', '--filter', 'label=openvidu-agent=true', '--filter', 'name=aa'),
      call('inspect', '--format', STATE, 'aa'),
      call(
        'inspect',
        '--format',
        '{{json .Config.Labels}} {{.Config.StopSignal}} {{.HostConfig.RestartPolicy}} {{.Name}} {{.Config.Image}}',
        'aa',
      ),
      call(
        'inspect',
        '-f',
        '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}} {{end}}{{index .Config.Labels "none"}}{{len .Args}}',
        'aa',
      ),
      call('inspect', '-f', '{{if .State.Running}}yes{{else}}no{{end}} {{printf "%s-%d" .Name .RestartCount}}', 'aa'),
      // `.Id` is no field of Docker's struct: such a template runs on the JSON, where other rules hold.
      call('inspect', '-f', '{{.Id}} {{index .Config.Labels "none"}}', 'aa'),
      call('inspect', '-f', '{{.ID}} {{index .Config.Labels "none"}} {{.Config.Labels.none}}', 'aa'),
      call('logs', 'aa'),
      call('logs', '--tail', '1', 'aa'),
      call('logs', '-t', '--since', '10m', 'aa'),
      call('exec', 'aa', '/bin/sh', '-c', 'echo $A; exit 7'),
      call('exec', 'aa', 'no-such-program'),
      call('kill', '--signal=SIGTERM', 'aa'),
      shows('aa', '{{.State.Status}}', 'exited'),
      call('ps', '-a'),
      call('inspect', '--format', STATE, 'aa'),
      call('kill', 'aa'),
      call('exec', 'aa', 'true'),
      call('start', 'aa'),
      call('rm', 'aa'),
      call('restart', '-t', '1', 'aa'),
      says('aa', 'bye'),
      call('stop', '-t', '5', 'aa'),
      call('inspect', '--format', STATE, 'aa'),
      call('rm', 'aa'),
    ]));

  test.each([
    ['no', 'SIGQUIT'],
    ['on-failure', 'SIGQUIT'],
    ['unless-stopped', 'SIGTERM'],
    ['always', 'SIGTERM'],
    ['always', 'SIGQUIT'],
  ])('kill --signal=SIGQUIT under restart policy %s with stop signal %s', async (policy, stopSignal) => {
    const comesBack = (policy === 'always' || policy === 'on-failure') && stopSignal !== 'SIGQUIT';
    await same([
      start('pp', TALKS, '--restart', policy, '--stop-signal', stopSignal),
      says('pp', 'err'),
      call('kill', '--signal=SIGQUIT', 'pp'),
      says('pp', 'bye'),
      comesBack ? shows('pp', '{{.RestartCount}} {{.State.Status}}', '1 running') : shows('pp', '{{.State.Status}}', 'exited'),
      call('inspect', '--format', STATE, 'pp'),
      call('rm', '-f', 'pp'),
    ]);
  });

  test('a container that keeps failing is started again, as often as its policy says', () =>
    same([
      start('ff', 'exit 5', '--restart', 'on-failure:2'),
      call('inspect', '--format', '{{.ID}}|{{.Config.StopSignal}}|', 'ff', 'absent'),
      call('inspect', '--format', '{{.Id}}|{{.Config.StopSignal}}|', 'ff', 'absent'),
      shows('ff', '{{.RestartCount}} {{.State.Status}}', '2 exited'),
      call('inspect', '--format', STATE, 'ff'),
      call('ps', '-a', '--filter', 'exited=5', '--format', '{{.Names}} {{.Status}}'),
      call('rm', 'ff'),
    ]));

  test('a process that is killed past the engine comes back under unless-stopped', () =>
    same([
      start('kk', TALKS, '--restart', 'unless-stopped'),
      says('kk', 'err'),
      async (engine) => process.kill(Number((await engine.call('inspect', '-f', '{{.State.Pid}}', 'kk')).stdout), 'SIGKILL'),
      shows('kk', '{{.RestartCount}} {{.State.Status}}', '1 running'),
      call('rm', '-f', 'kk'),
    ]));

  test('what is wrong is refused in the same words with the same code', () =>
    same([
      start('zz', TALKS),
      start('zz', TALKS),
      call('run', '-d', '--name', 'z', 'lab/empty:1', '/bin/true'),
      call('run', '-d', '--network', 'host', '--name', 'nn', 'lab/empty:1', '/nope'),
      call('inspect', '--format', STATE, 'nn'),
      call('rm', 'nn'),
      call('rm', 'zz'),
      call('kill', '--signal', 'FOO', 'zz'),
      call('rm', '-f', 'zz'),
      ...['rm', 'start', 'stop', 'kill', 'restart', 'logs', 'inspect'].map((verb) => call(verb, 'missing')),
      call('rm', '-f', 'missing'),
      call('exec', 'missing', 'ls'),
      call('inspect', '--type', 'container', '--format', '{{.Id}}', 'missing'),
      call('ps', '-a', '--filter', 'frob=1'),
      call('ps', '-a', '--filter', 'status=frob'),
      call('ps', '--filter', 'name'),
      call('ps', '--frob'),
      call('kill'),
      call('exec'),
      call('frob'),
    ]));

  test('version and info name the engine version', () =>
    same([call('version', '--format', '{{.Server.Version}}'), call('info', '--format', '{{.ServerVersion}}')]));
});
