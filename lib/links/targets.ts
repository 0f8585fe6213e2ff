import type { DeploymentSettings, SecretKind } from '@/lib/contract/inventory';
import { hostPort } from '@/lib/rules/secret-endpoint';
import type { Dial } from './dial';
import { BadCredential, LinkError } from './errors';
import type { Probe } from './http';
import type { LivekitTarget } from './livekit';
import type { RedisTarget } from './redis';
import type { SshAuth, SshTarget } from './ssh-target';

/** Opened secrets by kind; they live in memory only. */
export type Secrets = Partial<Record<SecretKind, string>>;
/** Confirmed host keys by endpoint (address:port). */
export type Pins = { endpoint: string; algorithm?: string | null; fingerprint: string }[];

type SshPart = Pick<DeploymentSettings, 'ssh'> & { ports: Pick<DeploymentSettings['ports'], 'ssh'> };

/** How to log in on one node. @throws LinkError when SSH or its secret is not given */
export function sshTarget(settings: SshPart, secrets: Secrets, pins: Pins, address: string): SshTarget {
  const { ssh } = settings;
  if (!ssh) throw new LinkError('SSH is not set up.', 'Give an SSH user and a key or password.');
  const auth: SshAuth =
    ssh.auth === 'password'
      ? { kind: 'password', password: required(secrets.sshPassword, 'SSH password') }
      : { kind: 'key', key: required(secrets.sshKey, 'SSH key'), passphrase: secrets.sshKeyPassphrase };
  const port = settings.ports.ssh;
  return {
    ...{ address, port, user: ssh.user, auth, mode: ssh.mode, pinned: pinned(pins, address, port) },
    jump: ssh.jump && {
      ...ssh.jump,
      auth: jumpAuth(secrets, auth),
      pinned: pinned(pins, ssh.jump.address, ssh.jump.port),
    },
  };
}

/** A jump host without a secret of its own takes the one of the nodes. */
function jumpAuth(secrets: Secrets, same: SshAuth): SshAuth {
  if (secrets.jumpKey) return { kind: 'key', key: secrets.jumpKey, passphrase: secrets.jumpKeyPassphrase };
  if (secrets.jumpPassword) return { kind: 'password', password: secrets.jumpPassword };
  return same;
}

function pinned(pins: Pins, address: string, port: number) {
  const endpoint = hostPort(address, port);
  return pins.filter((p) => p.endpoint === endpoint).map((p) => ({ algorithm: p.algorithm ?? null, fingerprint: p.fingerprint }));
}

function required(secret: string | undefined, what: string): string {
  if (secret) return secret;
  throw new BadCredential(`The ${what} is missing.`, `Enter the ${what}.`, 'missing');
}

type RedisPart = Pick<DeploymentSettings, 'masters' | 'ports' | 'sentinelMasterName' | 'redisDb'>;

export function redisTarget(settings: RedisPart, secrets: Secrets, dial: Dial): RedisTarget {
  return {
    masters: settings.masters,
    ports: { redis: settings.ports.redis, sentinel: settings.ports.sentinel },
    masterName: settings.sentinelMasterName,
    password: secrets.redisPassword ?? null,
    sentinelPassword: secrets.sentinelPassword ?? null,
    db: settings.redisDb,
    dial,
  };
}

type LivekitPart = Pick<DeploymentSettings, 'livekitUrl' | 'livekitApiKey' | 'tls'>;

/** null: URL, key or secret is not given. */
export function livekitTarget(settings: LivekitPart, secrets: Secrets): LivekitTarget | null {
  const { livekitUrl: url, livekitApiKey: apiKey, tls } = settings;
  const apiSecret = secrets.livekitApiSecret;
  return url && apiKey && apiSecret ? { url, apiKey, apiSecret, tls } : null;
}

/**
 * Health pages of a node (ports: OpenVidu on-premises tables; MinIO and caddy as the vendor's own load balancer asks them;
 * /ready and /api/health are Mimir's, Loki's and Grafana's standard ones).
 */
export function probesOf(role: 'master' | 'media' | 'merged', address: string, ports: DeploymentSettings['ports']): Probe[] {
  const at = (port: number, path: string) => `http://${hostPort(address, port)}${path}`;
  const master: Probe[] = [
    { probe: 'caddy', url: at(ports.caddy, '/health/caddy') },
    { probe: 'minio', url: at(ports.minio, '/minio/health/live') },
    { probe: 'mimir', url: at(ports.mimir, '/ready') },
    { probe: 'loki', url: at(ports.loki, '/ready') },
    { probe: 'grafana', url: at(ports.grafana, '/api/health') },
  ];
  const media: Probe[] = [{ probe: 'livekit', url: at(ports.livekit, '/') }];
  return role === 'master' ? master : role === 'media' ? media : [...master, ...media];
}
