import type { z } from 'zod';
import type { Detected as DetectedSchema } from '@/lib/contract/inventory';
import type { HostReading } from './readings';

export type Detected = z.infer<typeof DetectedSchema>;

/**
 * What config files and containers of the masters show; the files, read seldom, go before. Keeps what was known where nothing
 * shows it.
 */
export function detect(masters: HostReading[], files: Detected | null, before: Detected): Detected {
  const containers = masters.flatMap((m) => m.containers ?? []);
  const names = new Set(containers.map((c) => c.name));
  const tagged = containers.find((c) => c.name === 'operator') ?? containers.find((c) => c.image.includes('openvidu/'));
  const version = tagged && /:v?(\d+\.\d+\.\d+)/.exec(tagged.image)?.[1];
  const modules = [
    ...(names.has('openvidu-meet') || names.has('app') ? ['openviduMeet'] : []),
    ...(names.has('grafana') ? ['observability'] : []),
    ...(names.has('openvidu-v2compatibility') ? ['v2compatibility'] : []),
  ];
  const hashed = masters.flatMap((m) => Object.keys(m.configHashes));
  const layout = hashed.some((f) => f.includes('cluster/')) ? 'cluster' : hashed.length > 0 ? 'per-node' : null;
  return {
    version: files?.version ?? version ?? before.version,
    modules: files && files.modules.length > 0 ? files.modules : names.size > 0 ? modules : before.modules,
    configLayout: files?.configLayout ?? layout ?? before.configLayout,
    rtcEngine: files?.rtcEngine ?? before.rtcEngine,
  };
}
