import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { dataDirectory } from './data-dir';

test.each([
  ['what is set counts, for root too', { SIGNALBOX_DATA_DIR: '/data/box' }, 0, '/data/box'],
  ['root has a place of the system', { XDG_DATA_HOME: '/x' }, 0, '/var/lib/signalbox'],
  ['others have their XDG folder', { XDG_DATA_HOME: '/home/a/.data' }, 1000, '/home/a/.data/signalbox'],
  [
    'a relative XDG folder does not count, as its specification says',
    { XDG_DATA_HOME: 'data' },
    1000,
    `${homedir()}/.local/share/signalbox`,
  ],
])('%s', (_name, env, uid, folder) => {
  expect(dataDirectory({ NODE_ENV: 'test', ...env }, uid)).toBe(folder);
});
