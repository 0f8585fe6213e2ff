import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '@/lab/machine/programs';
import { run } from '@/lab/machine/process';

export const LIVEKIT_VERSION = 'v1.13.5';
const MODULE = `github.com/livekit/livekit-server/cmd/server@${LIVEKIT_VERSION}`;

export const cacheDir = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'signalbox');

export type LivekitBuild = { path: string } | { path?: undefined; why: string };

/**
 * The real livekit-server as one static binary in the user's cache, built on first use (one to two minutes, about 76 MB).
 * v1.13.0, v1.13.1 and master have replace lines, which `go install` refuses.
 */
export async function livekitServer(say: (line: string) => void): Promise<LivekitBuild> {
  const path = join(cacheDir(), `livekit-server-${LIVEKIT_VERSION}`);
  if (existsSync(path)) return { path };
  const go = findProgram('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
  if (!go) return { why: 'Go is not installed, so livekit-server cannot be built' };
  say(`building livekit-server ${LIVEKIT_VERSION} once (one to two minutes)`);
  mkdirSync(cacheDir(), { recursive: true });
  const bin = mkdtempSync(join(cacheDir(), 'build-'));
  try {
    const built = await run(go, ['install', MODULE], {
      env: { ...process.env, CGO_ENABLED: '0', GOBIN: bin, GOFLAGS: '' },
      timeout: 900_000,
    });
    if (built.code !== 0) return { why: `go install ${MODULE} failed: ${built.stderr.trim().split('\n').slice(-3).join(' ')}` };
    chmodSync(join(bin, 'server'), 0o755);
    renameSync(join(bin, 'server'), path);
    return { path };
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
}
