import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachLab, startLab, type Lab } from '@/lab/index';
import { until } from '@/lab/machine/process';
import { sshCommand } from '@/lab/testing/ssh';

const OCTET = 11;
let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ name: 'test-whole', octet: OCTET, media: 3 });
});
afterAll(() => lab?.stop());

const everyContainer = {
  master: [
    'alloy',
    'caddy',
    'dashboard',
    'grafana',
    'loki',
    'mimir',
    'minio',
    'mongo',
    'openvidu-meet',
    'operator',
    'redis-sentinel',
    'redis-server',
  ],
  media: ['alloy', 'caddy', 'egress', 'ingress', 'openvidu', 'prometheus'],
};

describe('a deployment of 4 masters and 3 media nodes', () => {
  it('serves: each media host has a fresh SERVING entry in Redis and pub/sub presence', async () => {
    const nodes = await lab.livekitNodes();
    expect(nodes.map((node) => node.address).sort()).toEqual(lab.connection.media);
    expect(nodes.every((node) => node.state === 'serving' && node.ageSeconds < 5)).toBe(true);
    expect((await lab.livekitPresence()).sort()).toEqual(nodes.map((node) => node.id).sort());
  });

  it('shows over SSH each host its own name, its own install folder and its own containers', async () => {
    for (const host of lab.hosts) {
      const script =
        'hostname; cat /opt/openvidu/config/node/*.env; docker ps --format "C={{.Names}}" | sort; docker info --format "E={{.Name}}"';
      const { stdout, code } = await sshCommand(lab.connection, host.address, script);
      expect(code).toBe(0);
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toBe(host.name);
      expect(stdout).toContain(`${host.role === 'master' ? 'MASTER' : 'MEDIA'}_NODE_PRIVATE_IP=${host.address}\n`);
      const agent = host.name === 'media-1' ? ['agent-speech-processing'] : [];
      const names = lines.filter((line) => line.startsWith('C=')).map((line) => line.slice(2));
      expect(names.sort()).toEqual([...agent, ...everyContainer[host.role]].sort());
    }
  }, 60_000);

  it('gives the observer a password and sudo by rule, and no more than its rules', async () => {
    const observer = lab.connection.observer;
    if (!observer) return void expect(lab.parts.find((part) => part.name === 'SSH')?.real).toBe(true);
    const master = lab.host('master-2');
    const as = { user: observer.user, password: observer.password };
    expect(
      (await sshCommand(lab.connection, master.address, 'sudo -n cat /opt/openvidu/config/node/master_node.env', as)).stdout,
    ).toContain('REDIS_PASSWORD=');
    expect((await sshCommand(lab.connection, master.address, 'cat /opt/openvidu/config/node/master_node.env', as)).code).not.toBe(
      0,
    );
    master.writeFile('/etc/sudoers.d/observer', 'observer ALL=(root) NOPASSWD: /usr/bin/id\n', 0o440);
    expect((await sshCommand(lab.connection, master.address, 'sudo -n id -u', as)).stdout.trim()).toBe('0');
    expect((await sshCommand(lab.connection, master.address, 'sudo -n cat /etc/shadow', as)).code).not.toBe(0);
  });

  it('answers the LiveKit API through the load balancer, and takes a master out of it that is switched off', async () => {
    const url = lab.connection.livekitUrl.replace('ws', 'http');
    const ok = async () => (await fetch(url, { signal: AbortSignal.timeout(3000) })).status;
    expect(await ok()).toBe(200);
    await lab.host('master-4').powerOff();
    await until(
      'four answers in a row',
      async () =>
        (await Promise.all([ok(), ok(), ok(), ok()].map((p) => p.catch(() => 0)))).every((status) => status === 200) || undefined,
    );
    await lab.host('master-4').powerOn();
    const names = await lab.host('master-4').must(['docker', 'ps', '--format', '{{.Names}}']);
    expect(names.trim().split('\n').sort()).toEqual(everyContainer.master);
  });

  it('stops, starts and disables the product by systemctl as compose down and up do', async () => {
    const host = lab.host('media-3');
    const before = await host.container('openvidu');
    await host.systemctl('stop');
    expect((await host.must(['docker', 'ps', '-aq'])).trim()).toBe('');
    expect((await host.exec(['systemctl', 'is-active', 'openvidu'])).stdout.trim()).toBe('inactive');
    await host.systemctl('start');
    expect((await host.container('openvidu')).id).not.toBe(before.id);
    await host.systemctl('disable');
    expect((await host.exec(['systemctl', 'is-enabled', 'openvidu'])).code).toBe(1);
    await host.systemctl('enable');
    await until('media-3 to serve', async () => ((await lab.livekit('media-3'))?.ageSeconds ?? 99) < 5 || undefined);
  });

  it('is the same lab for another process that finds it by its name', async () => {
    const same = attachLab('test-whole');
    expect(same.connection).toEqual(lab.connection);
    expect((await same.host('master-1').must(['hostname'])).trim()).toBe('master-1');
  });
});
