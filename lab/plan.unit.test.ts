import { expect, it } from 'vitest';
import { planLab, PORTS } from '@/lab/plan';

const everyOctet = Array.from({ length: 245 }, (_, i) => i + 10);

it('no two labs share an address, a group or a media port, whatever their octets', () => {
  const hosts = everyOctet.flatMap((octet) => {
    const plan = planLab(octet, 12);
    return [...plan.masters, ...plan.media];
  });
  const media = hosts.filter((host) => host.role === 'media');
  expect(new Set(hosts.map((host) => host.address)).size).toBe(hosts.length);
  expect(new Set(hosts.map((host) => host.gid)).size).toBe(hosts.length);
  expect(new Set(media.map((host) => host.rtcPort)).size).toBe(media.length);
});

it('media ports, which bind every address, are neither a service port nor one that the kernel hands out', () => {
  const services = new Set<number>(Object.values(PORTS));
  for (const { rtcPort } of everyOctet.flatMap((octet) => planLab(octet, 12).media)) {
    expect(services.has(rtcPort)).toBe(false);
    expect(rtcPort).toBeGreaterThan(20_000);
    expect(rtcPort).toBeLessThan(32_768);
  }
});

it('always has four masters, from .11 to .14', () => {
  expect(planLab(77, 1).masters.map((master) => master.address)).toEqual([
    '127.77.0.11',
    '127.77.0.12',
    '127.77.0.13',
    '127.77.0.14',
  ]);
});
