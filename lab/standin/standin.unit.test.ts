import { expect, test } from 'vitest';
import { restartDelay } from '@/lab/standin/restart-policy.mjs';
import { compile } from '@/lab/standin/template.mjs';
import { humanDuration, instant } from '@/lab/standin/time.mjs';

const end = { exitCode: 0, leaveDown: false, stoppedByHand: false, restarts: 0, ranMs: 500, lastDelayMs: 0 };
const comesBack = (Name: string, more: Partial<typeof end>, MaximumRetryCount = 0) =>
  restartDelay({ Name, MaximumRetryCount }, { ...end, ...more }) !== undefined;

test.each([
  ['no', { exitCode: 1 }, false],
  ['always', { exitCode: 0 }, true],
  ['unless-stopped', { exitCode: 0 }, true],
  ['on-failure', { exitCode: 0 }, false],
  ['on-failure', { exitCode: 1 }, true],
  ['always', { stoppedByHand: true }, true],
  ['unless-stopped', { stoppedByHand: true }, false],
  ['on-failure', { stoppedByHand: true, exitCode: 1 }, true],
  ['always', { stoppedByHand: true, leaveDown: true }, false],
  ['on-failure', { stoppedByHand: true, leaveDown: true, exitCode: 1 }, false],
])('a container with restart policy %s that ended with %j comes back: %s', (name, how, expected) => {
  expect(comesBack(name, how)).toBe(expected);
});

test('on-failure gives up after its number of tries', () => {
  expect(comesBack('on-failure', { exitCode: 1, restarts: 1 }, 2)).toBe(true);
  expect(comesBack('on-failure', { exitCode: 1, restarts: 2 }, 2)).toBe(false);
});

test('the wait before a restart doubles up to a minute and begins anew after a run of 10 s', () => {
  const always = { Name: 'always', MaximumRetryCount: 0 };
  expect(restartDelay(always, end)).toBe(100);
  expect(restartDelay(always, { ...end, lastDelayMs: 100 })).toBe(200);
  expect(restartDelay(always, { ...end, lastDelayMs: 51_200 })).toBe(60_000);
  expect(restartDelay(always, { ...end, lastDelayMs: 51_200, ranMs: 10_000 })).toBe(100);
});

const record = {
  Name: '/egress',
  RestartCount: 2,
  Args: ['-c', 'x y'],
  State: { Running: true, ExitCode: 0 },
  Config: { Labels: { 'openvidu-agent': 'true', b: '1' } },
  HostConfig: { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
};

test.each([
  ['{{.Name}}|{{.RestartCount}}', '/egress|2'],
  ['{{json .State}}', '{"Running":true,"ExitCode":0}'],
  ['{{index .Config.Labels "openvidu-agent"}}', 'true'],
  ['{{index .Config.Labels "none"}}|{{.Config.Labels.none}}', '|<no value>'],
  ['{{if .State.Running}}up{{else}}down{{end}}', 'up'],
  ['{{if not .State.Running}}a{{else if eq .RestartCount 2}}b{{else}}c{{end}}', 'b'],
  ['{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}', 'b=1;openvidu-agent=true;'],
  ['{{range .Args}}[{{.}}]{{end}}', '[-c][x y]'],
  ['{{with .HostConfig.RestartPolicy}}{{.Name}}{{end}}', 'always'],
  ['{{.Config.Labels}} {{.HostConfig.RestartPolicy}} {{.Args}}', 'map[b:1 openvidu-agent:true] {always 0} [-c x y]'],
  ['{{$n := .RestartCount}}{{$n | printf "%d times"}}', '2 times'],
  ['a {{- " b " -}} c', 'a b c'],
  ['{{printf "%s" (index .Args 1) | upper}}', 'X Y'],
])('the template %s prints what Docker prints', (template, expected) => {
  expect(compile(template)(record)).toBe(expected);
});

test.each(['{{.State.Nope}}', '{{nope .Name}}', '{{if .Name}}', '{{.Name', '{{$x}}'])(
  'the template %s is refused, never guessed',
  (template) => {
    expect(() => compile(template)(record)).toThrow('template');
  },
);

test.each([
  [400, 'Less than a second'],
  [1000, '1 second'],
  [59_000, '59 seconds'],
  [61_000, 'About a minute'],
  [150_000, '2 minutes'],
  [3_700_000, 'About an hour'],
  [26 * 3_600_000, '26 hours'],
  [3 * 86_400_000, '3 days'],
  [21 * 86_400_000, '3 weeks'],
])('%d ms are worded %s', (ms, words) => {
  expect(humanDuration(ms)).toBe(words);
});

test('--since takes a duration, unix seconds or a date', () => {
  expect(instant('1h30m', 10_000_000)).toBe(10_000_000 - 5_400_000);
  expect(instant('1700000000')).toBe(1_700_000_000_000);
  expect(instant('2026-01-02T03:04:05Z')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(() => instant('yesterday')).toThrow('failed to parse');
});
