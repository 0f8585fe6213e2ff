import { homedir } from 'node:os';
import path from 'node:path';

/** Where Signalbox keeps everything: SIGNALBOX_DATA_DIR, for root /var/lib/signalbox, for others a folder of their own (XDG). */
export function dataDirectory(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.()): string {
  if (env.SIGNALBOX_DATA_DIR) return path.resolve(env.SIGNALBOX_DATA_DIR);
  if (uid === 0) return '/var/lib/signalbox';
  const ofUser =
    env.XDG_DATA_HOME && path.isAbsolute(env.XDG_DATA_HOME) ? env.XDG_DATA_HOME : path.join(homedir(), '.local', 'share');
  return path.join(ofUser, 'signalbox');
}
