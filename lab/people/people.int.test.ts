import { existsSync, readFileSync } from 'node:fs';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekitServer } from '@/lab/machine/livekit-build';
import { until } from '@/lab/machine/process';
import { startPeople, type People } from '@/lab/people';
import { exitOf, KEY, Rig, SECRET } from '@/lab/sim/rig';

const built = await livekitServer((line) => process.stdout.write(`${line}\n`));
if (!built.path) process.stdout.write('the participants are not tested: no livekit-server\n');

describe.skipIf(!built.path)('live rooms on a real livekit-server behind the simulated Caddy', () => {
  const rig = new Rig('127.26.0');
  const livekitUrl = `http://${rig.at(11)}:7880`;
  const api = new RoomServiceClient(livekitUrl, KEY, SECRET);
  const lines: string[] = [];
  let people: People;
  const connected = (count: number) =>
    until(`${count} connected`, () => people.counters().connected === count || undefined, 30_000);

  beforeAll(async () => {
    await rig.redis();
    await rig.livekit(built.path ?? '', 21, 22_981);
    const hosts = { media: [rig.at(21)], masters: [rig.at(11)] };
    await rig.sim('egress', 21, hosts);
    await rig.sim('ingress', 21, hosts);
    await rig.sim('caddy', 11, { ...hosts, role: 'master' });
    const options = {
      livekitUrl,
      apiKey: KEY,
      apiSecret: SECRET,
      rooms: ['first', 'second', "third's <room>", 'fourth'],
      clients: 4,
    };
    people = await startPeople({
      ...options,
      controls: [rig.control(21)],
      egress: 1,
      ingress: 1,
      log: (line) => lines.push(line),
    });
    if (!people.real) process.stdout.write(`rooms only: ${people.why}\n`);
  });
  afterAll(async () => {
    await people?.stop();
    await rig.end();
  });

  test('rooms exist with and without people, and the server counts those that joined', async () => {
    expect(people.rooms()).toEqual(['first', 'second', "third's <room>", 'fourth']);
    if (!people.real) return;
    expect(people.counters()).toEqual({ connected: 4, reconnecting: 0, reconnects: 0, disconnects: {} });
    await until('the server to count', async () => {
      const counts = Object.fromEntries((await api.listRooms()).map((room) => [room.name, room.numParticipants]));
      return (counts.first === 2 && counts.second === 2 && counts.fourth === 0) || undefined;
    });
    const [one] = await api.listParticipants('first');
    await until('its video', async () => (await api.getParticipant('first', one!.identity)).tracks.length === 1 || undefined);
  });

  test('a recording and an ingress run in the first room, and stop when asked', async () => {
    const health = async () => (await fetch(`http://${rig.at(21)}:9091/`)).text();
    expect(await health()).toContain('"room_name":"first"');
    const egressId = await people.startEgress('second');
    expect(await health()).toContain(egressId);
    await people.stopEgress(egressId);
    await until('its end', async () => !(await health()).includes(egressId) || undefined);
    await expect(people.startEgress('no such room')).rejects.toThrow('no room no such room');
    const ingressId = await people.startIngress('second');
    await people.stopIngress(ingressId);
  });

  test('joining and leaving is counted, twice the same identity is refused', async () => {
    if (!people.real) return;
    await people.join('fourth', 'anna');
    await expect(people.join('fourth', 'anna')).rejects.toThrow('anna is in fourth');
    await people.leave('anna');
    await until(
      'anna to be out',
      () => people.clients().find((client) => client.identity === 'anna')?.disconnect?.reason === 'CLIENT_INITIATED' || undefined,
    );
  });

  test('churn lets people and rooms come and go and keeps their number', async () => {
    if (!people.real) return;
    const before = people.clients().length;
    people.churn(true, 200);
    await until('three to have joined', () => people.clients().length >= before + 3 || undefined, 40_000);
    await until('a passing room', () => people.rooms().some((room) => room.startsWith('passing-')) || undefined);
    people.churn(false);
    await connected(4);
  });

  test('when the balancer loses their connections, people reconnect by themselves and the time is known', async () => {
    if (!people.real) return;
    const caddy = await rig.sim('caddy', 12, { role: 'master', masters: [], media: [rig.at(21)] });
    const others = await startPeople({
      livekitUrl: `http://${rig.at(12)}:7880`,
      apiKey: KEY,
      apiSecret: SECRET,
      rooms: ['fourth'],
      clients: 2,
      log: () => undefined,
    });
    expect(others.counters().connected).toBe(2);
    caddy.kill('SIGKILL');
    await exitOf(caddy);
    await until('their loss', () => others.clients().every((client) => client.reconnects.length > 0) || undefined, 30_000);
    await rig.sim('caddy', 12, { role: 'master', masters: [], media: [rig.at(21)] });
    await until('their return', () => others.counters().connected === 2 || undefined, 40_000);
    expect(others.clients().map((client) => client.state)).toEqual(['connected', 'connected']);
    expect(others.clients()[0]?.reconnects[0]?.tookMs).toBeGreaterThan(0);
    await others.stop();
  });

  test('the process of the participants may be killed: everybody is counted out, the next join starts a new one', async () => {
    if (!people.real || !people.pid) return;
    const { pid } = people;
    process.kill(pid, 'SIGKILL');
    await until('all to be out', () => people.counters().connected === 0 || undefined);
    expect(people.counters().disconnects.PROCESS_ENDED).toBe(4);
    expect(lines.some((line) => line.includes('SIGKILL'))).toBe(true);
    await people.join('first', 'bert');
    expect(people.pid).not.toBe(pid);
  });

  test('stopping leaves no process behind', async () => {
    const { pid } = people;
    await people.stop();
    expect(
      pid !== undefined &&
        existsSync(`/proc/${pid}`) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('participants.mjs'),
    ).toBe(false);
  });
});
