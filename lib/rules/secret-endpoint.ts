import type { DeploymentSettings, SecretKind } from '@/lib/contract/inventory';

/** What of the settings a secret's endpoint is made of; a discovery gives one master only. */
export type EndpointSettings = Pick<DeploymentSettings, 'livekitUrl' | 'masters'> & {
  ports: Pick<DeploymentSettings['ports'], 'ssh' | 'redis' | 'sentinel'>;
  ssh: Pick<NonNullable<DeploymentSettings['ssh']>, 'user' | 'jump'> | null;
};

/**
 * The endpoint a stored secret is good for: part of what is sealed, so that whoever changes the address must enter the
 * secret again. Equal for spellings of the same endpoint (case, order of masters, ws/http, default port).
 * @returns null when the settings name no endpoint for this kind: then the secret has no use
 */
export function endpointOf(kind: SecretKind, settings: EndpointSettings): string | null {
  switch (kind) {
    case 'livekitApiSecret':
      return settings.livekitUrl === null ? null : normalizeUrl(settings.livekitUrl);
    case 'sshKey':
    case 'sshKeyPassphrase':
    case 'sshPassword': {
      const { ssh, masters, ports } = settings;
      if (!ssh || masters.length === 0) return null;
      const via = ssh.jump ? ` via ${ssh.jump.user}@${hostPort(ssh.jump.address, ssh.jump.port)}` : '';
      return `${ssh.user}@${addresses(masters)}:${ports.ssh}${via}`;
    }
    case 'jumpKey':
    case 'jumpKeyPassphrase':
    case 'jumpPassword': {
      const jump = settings.ssh?.jump;
      return jump ? `${jump.user}@${hostPort(jump.address, jump.port)}` : null;
    }
    case 'redisPassword':
    case 'sentinelPassword':
      return settings.masters.length === 0
        ? null
        : `${addresses(settings.masters)}:${settings.ports.redis},${settings.ports.sentinel}`;
  }
}

/** address:port as host keys and readings spell it; IPv6 in brackets. */
export function hostPort(address: string, port: number): string {
  return `${bracketed(address)}:${port}`;
}

const addresses = (masters: string[]) => masters.map(bracketed).toSorted().join(',');

function bracketed(address: string): string {
  const a = address.trim().toLowerCase();
  if (!a.includes(':')) return a;
  const url = URL.canParse(`http://[${a}]`) ? new URL(`http://[${a}]`).hostname : `[${a}]`;
  return url;
}

function normalizeUrl(text: string): string {
  const url = new URL(text.trim().replace(/^ws/i, 'http'));
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}
