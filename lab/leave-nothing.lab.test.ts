import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { destroyStale } from '@/lab/cleanup';
import { startLab } from '@/lab/index';
import { cgroupOf } from '@/lab/machine/cgroup';
import { TOKEN_VARIABLE } from '@/lab/machine/namespace';
import { processesWith, run, until } from '@/lab/machine/process';
import { dirOf, listStates, readState, type LabState } from '@/lab/state';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Lines that name an address of the lab: sockets of any kind, wherever their process lives. */
function sockets(octet: number): string[] {
  // The kernel writes 127.K.0.x as little-endian hex.
  const marker = `00${octet.toString(16).padStart(2, '0').toUpperCase()}7F:`;
  return ['tcp', 'udp'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .filter((line) => line.split(/\s+/)[2]?.slice(2).startsWith(marker) && (line.split(/\s+/)[4] === '0A' || table === 'udp')),
  );
}

/** Everything a lab could leave behind, by kind; empty lists when it left nothing. */
async function traces(state: LabState) {
  const cgroup = cgroupOf(state.token);
  const controllers = existsSync('/sys/fs/cgroup') ? ['.', ...readdirSync('/sys/fs/cgroup')] : [];
  const mounts = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(dirOf(state.name)) ? [pid] : [];
      } catch {
        return [];
      }
    });
  const rules =
    process.getuid?.() === 0
      ? (await run('iptables', ['-S'])).stdout.split('\n').filter((line) => line.includes(`SIGNALBOX-LAB-${state.octet}`))
      : [];
  return {
    processes: processesWith(TOKEN_VARIABLE, state.token),
    sockets: sockets(state.octet),
    mounts,
    rules,
    cgroups: controllers.filter((controller) => existsSync(`/sys/fs/cgroup/${controller}/${cgroup}`)),
    folders: existsSync(dirOf(state.name)) ? [dirOf(state.name)] : [],
  };
}
const nothing = { processes: [], sockets: [], mounts: [], rules: [], cgroups: [], folders: [] };
const stateOf = (name: string) => {
  const state = readState(name);
  if (!state) throw new Error(`no state of ${name}`);
  return state;
};

it('two labs run side by side, and the end of one leaves nothing of it and all of the other', async () => {
  const [first, second] = await Promise.all([
    startLab({ name: 'test-first', octet: 13, media: 1, engine: 'standin', livekit: 'simulated' }),
    startLab({ name: 'test-second', octet: 14, media: 1, layout: 'per-node' }),
  ]);
  const [one, two] = [stateOf('test-first'), stateOf('test-second')];
  try {
    await first.scenario('partition').catch(() => undefined);
    expect((await second.livekitNodes()).map((node) => node.address)).toEqual(['127.14.0.21']);
    expect(second.host('media-1').readFile('/opt/openvidu/.env')).toContain('REDIS_PASSWORD=');
    const full = await traces(one);
    // The look itself sees what it is meant to find.
    expect(full.processes.length * full.sockets.length * full.mounts.length * full.folders.length).toBeGreaterThan(0);
    await first.stop();
    expect(await traces(one)).toEqual(nothing);
    expect((await second.livekit('media-1'))?.state).toBe('serving');
    expect((await second.host('master-1').must(['docker', 'ps', '-q'])).trim().split('\n')).toHaveLength(12);
  } finally {
    if (readState('test-first')) await first.stop();
    await second.stop();
  }
  expect(await traces(two)).toEqual(nothing);
}, 180_000);

it('after kill -9 of the process that started a lab, half-way or done, the next start leaves nothing of it', async () => {
  for (const [name, octet, enough] of [
    ['test-half', 15, (state: LabState) => Object.keys(state.hosts).length >= 3],
    ['test-done', 16, (state: LabState) => state.ready],
  ] as const) {
    const starter = spawn(
      process.execPath,
      ['--import', 'tsx', 'lab/cli.ts', 'up', '--name', name, '--octet', String(octet), '--media', '1'],
      { cwd: repository, stdio: 'ignore' },
    );
    const state = await until(
      `lab ${name}`,
      () => {
        const now = readState(name);
        return now && enough(now) ? now : undefined;
      },
      120_000,
    );
    starter.kill('SIGKILL');
    await until('the starter to end', () => starter.signalCode ?? undefined);
    expect((await traces(state)).processes.length).toBeGreaterThan(0);
    expect(await destroyStale()).toContain(name);
    expect(await traces(state)).toEqual(nothing);
    expect(listStates().map((each) => each.name)).not.toContain(name);
  }
  const lab = await startLab({ name: 'test-done', octet: 16, media: 1 });
  expect((await lab.livekit('media-1'))?.state).toBe('serving');
  await lab.stop();
}, 240_000);

it('Ctrl-C ends a lab that is still starting, with nothing left', async () => {
  const starter = spawn(process.execPath, ['scripts/lab.mjs', 'up', '--name', 'test-early', '--octet', '17', '--media', '1'], {
    cwd: repository,
    stdio: 'ignore',
    detached: true,
  });
  const state = await until(
    'the first host',
    () => {
      const now = readState('test-early');
      return now && Object.keys(now.hosts).length > 0 ? now : undefined;
    },
    60_000,
  );
  if (!starter.pid) throw new Error('the launcher did not start');
  // What a terminal sends: to the whole process group.
  process.kill(-starter.pid, 'SIGINT');
  await until('the launcher to end', () => (starter.exitCode === null ? undefined : true), 60_000);
  expect(await traces(state)).toEqual(nothing);
}, 120_000);
