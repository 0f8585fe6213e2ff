import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '@/lab/index';
import { firewallProblem } from '@/lab/machine/firewall';
import { until } from '@/lab/machine/process';
import { sshCommand } from '@/lab/testing/ssh';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ name: 'test-scenarios', octet: 12, media: 2 });
});
afterAll(() => lab?.stop());

const presentOf = async (host: string) => {
  const node = await lab.livekit(host);
  return node !== undefined && (await lab.livekitPresence()).includes(node.id);
};

describe('scenarios', () => {
  it('media-killed: presence is gone within a second, the entry in Redis stays, and healing brings a new node', async () => {
    const before = await lab.livekit('media-1');
    await lab.scenario('media-killed');
    const killed = performance.now();
    await until('presence to end', async () => !(await presentOf('media-1')) || undefined, 1000);
    expect(performance.now() - killed).toBeLessThan(1000);
    expect((await lab.livekitNodes()).map((node) => node.id)).toContain(before?.id);
    expect((await lab.host('media-1').container('openvidu')).status).toBe('exited');
    await lab.heal();
    expect((await lab.livekit('media-1'))?.id).not.toBe(before?.id);
    expect(await presentOf('media-1')).toBe(true);
  });

  it('redis-failover: the Sentinels name another master, which the media nodes use', async () => {
    const before = await lab.redisMaster();
    await lab.scenario('redis-failover');
    expect(await lab.redisMaster()).not.toBe(before);
    await lab.heal();
    expect(await presentOf('media-1')).toBe(true);
  });

  it('master-lost: SSH and every port of one master are gone and three masters still agree on Redis', async () => {
    await lab.scenario('master-lost');
    const lost = lab.hosts.filter((host) => !host.isOn);
    expect(lost.map((host) => host.role)).toEqual(['master']);
    await expect(sshCommand(lab.connection, lost[0]!.address, 'true')).rejects.toThrow('ECONNREFUSED');
    expect(await presentOf('media-1')).toBe(true);
    await lab.heal();
    expect((await sshCommand(lab.connection, lost[0]!.address, 'hostname')).stdout.trim()).toBe(lost[0]!.name);
  });

  it('hang: the heartbeat goes stale while the container runs and presence stays', async () => {
    await lab.scenario('hang');
    await until('a stale heartbeat', async () => ((await lab.livekit('media-1'))?.ageSeconds ?? 0) >= 5 || undefined);
    expect((await lab.host('media-1').container('openvidu')).status).toBe('running');
    expect(await presentOf('media-1')).toBe(true);
    await lab.heal();
    expect((await lab.livekit('media-1'))?.ageSeconds).toBeLessThan(5);
  });

  it('partition: SSH is silent (not refused) and the heartbeat is stale; without root it says why it cannot', async () => {
    const problem = firewallProblem();
    if (problem) return expect(lab.scenario('partition')).rejects.toThrow(problem);
    await lab.scenario('partition');
    const address = lab.host('media-1').address;
    await expect(
      Promise.race([
        sshCommand(lab.connection, address, 'true'),
        new Promise((_, no) => setTimeout(() => no(new Error('silent')), 1500)),
      ]),
    ).rejects.toThrow('silent');
    expect((await lab.livekit('media-1'))?.ageSeconds).toBeGreaterThanOrEqual(5);
    expect(await presentOf('media-2')).toBe(true);
    await lab.heal();
    expect((await sshCommand(lab.connection, address, 'hostname')).stdout.trim()).toBe('media-1');
  });

  it('slow-ssh: a command takes seconds on one host and not on the others', async () => {
    await lab.scenario('slow-ssh');
    expect((await sshCommand(lab.connection, lab.host('media-1').address, 'true')).ms).toBeGreaterThan(3000);
    expect((await sshCommand(lab.connection, lab.host('media-2').address, 'true')).ms).toBeLessThan(3000);
    await lab.heal();
    expect((await sshCommand(lab.connection, lab.host('media-1').address, 'true')).ms).toBeLessThan(3000);
  });

  it('clock-skew: `date` and heartbeats of one host are 90 s ahead', async () => {
    await lab.scenario('clock-skew');
    const { stdout } = await sshCommand(lab.connection, lab.host('media-1').address, 'date +%s');
    expect(Number(stdout) - Date.now() / 1000).toBeGreaterThan(85);
    expect((await lab.livekit('media-1'))?.ageSeconds).toBeLessThan(-80);
    await lab.heal();
    expect(Math.abs((await lab.livekit('media-1'))?.ageSeconds ?? 99)).toBeLessThan(5);
  });

  it('disk-full: no byte can be written below the install folder, whose files are still there', async () => {
    await lab.scenario('disk-full');
    const { address } = lab.host('media-1');
    const full = await sshCommand(
      lab.connection,
      address,
      'df --output=pcent /opt/openvidu | tail -1; echo some text > /opt/openvidu/new',
    );
    expect(full.stdout.trim()).toBe('100%');
    expect(full.stderr).toContain('No space left on device');
    expect((await sshCommand(lab.connection, address, 'cat /opt/openvidu/config/node/media_node.env')).stdout).toContain(
      'REDIS_PASSWORD',
    );
    await lab.heal();
    expect((await sshCommand(lab.connection, address, 'echo some text > /opt/openvidu/new && rm /opt/openvidu/new')).code).toBe(
      0,
    );
  });

  it('forty-nodes: forty nodes serve with presence, and only the real ones are left afterwards', async () => {
    await lab.scenario('forty-nodes');
    expect(await lab.livekitPresence()).toHaveLength(40);
    await lab.heal();
    await until('two nodes', async () => (await lab.livekitPresence()).length === 2 || undefined);
    expect((await lab.livekitNodes()).filter((node) => node.ageSeconds < 5)).toHaveLength(2);
  });

  it('refuses a name that is none', () => expect(lab.scenario('earthquake')).rejects.toThrow('no scenario earthquake'));
});
