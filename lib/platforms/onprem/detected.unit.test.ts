import { expect, test } from 'vitest';
import { readDetected } from './detected';

const ENV = ['ENABLED_MODULES=observability, openviduMeet', 'OPENVIDU_RTC_ENGINE=mediasoup', 'REDIS_PASSWORD=hunter2hunter2'];
const answer = (path: string | null) =>
  [
    ...(path ? [`V ${path}`, ...ENV.map((l) => `+${l}`)] : []),
    'I operator docker.io/openvidu/openvidu-operator:3.9.0',
    'H master-1',
    'E',
    '',
  ].join('\n');
const read = (stdout: string, code = 0) =>
  readDetected(
    { run: async () => ({ code, stdout, stderr: '', cut: null }) },
    { mode: 'full', installDir: '/opt/openvidu' },
    AbortSignal.timeout(1_000),
  );

test.each([
  ['config/cluster/openvidu.env', 'cluster'],
  ['.env', 'per-node'],
])('of %s only version, modules, layout and engine leave the reader: no secret', async (path, configLayout) => {
  expect(await read(answer(path))).toEqual({
    version: '3.9.0',
    modules: ['observability', 'openviduMeet'],
    configLayout,
    rtcEngine: 'mediasoup',
  });
});

test('what cannot be read is null, not a guess', async () => {
  expect(await read(answer(null))).toEqual({ version: '3.9.0', modules: [], configLayout: null, rtcEngine: null });
  await expect(read('', 1)).rejects.toThrow('cannot be read');
});
