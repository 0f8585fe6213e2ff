import type { Detected } from '@/lib/rules/detected';
import { LinkError } from '@/lib/links/errors';
import { scripts } from '@/lib/links/scripts';
import type { Shell } from '@/lib/links/shell';
import { type NodeFiles, parseEnv, parseNodeFiles, versionOf } from './node-files';

/** Both layouts: 3.1 and later share config/cluster/; before, every node has one .env with everything. null: neither is there. */
export function envOf({ files }: NodeFiles): Map<string, string> | null {
  const shared = files.get('config/cluster/openvidu.env') ?? files.get('.env');
  const own = files.get('config/node/master_node.env') ?? files.get('config/node/master-node.env');
  return shared === undefined ? null : new Map([...parseEnv(shared), ...parseEnv(own ?? '')]);
}

/** What files and images of one master say of the installation; what they do not say is null. */
export function detectedIn(node: NodeFiles): Detected {
  const env = envOf(node);
  return {
    version: versionOf(node),
    modules: (env?.get('ENABLED_MODULES') ?? '').split(',').flatMap((m) => m.trim() || []),
    configLayout: env === null ? null : node.files.has('config/cluster/openvidu.env') ? 'cluster' : 'per-node',
    rtcEngine: env?.get('OPENVIDU_RTC_ENGINE') || null,
  };
}

type Reading = { mode: 'full' | 'readonly'; installDir: string };

/** Reads the files of one master; of all that they hold only this leaves the function. @throws LinkError */
export async function readDetected(shell: Pick<Shell, 'run'>, { mode, installDir }: Reading, signal: AbortSignal) {
  const { code, stdout } = await shell.run(scripts.readConfig, [mode, installDir], { signal });
  if (code !== 0) throw new LinkError(`The config below ${installDir} cannot be read.`);
  return detectedIn(parseNodeFiles(stdout));
}
