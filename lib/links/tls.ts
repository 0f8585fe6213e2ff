import type { DeploymentSettings } from '@/lib/contract/inventory';

export type TlsChoice = DeploymentSettings['tls'];

/** Options of node:https and node:tls for a deployment's choice: own CA, or none checked. */
export function tlsOptions(tls: TlsChoice): { rejectUnauthorized: boolean; ca?: string } {
  return { rejectUnauthorized: tls.verify, ...(tls.ca ? { ca: tls.ca } : {}) };
}

/** What is wrong with a certificate, in words; null when the error is another one. */
export function tlsFault(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'its certificate is signed by nobody that is trusted here';
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired';
    case 'CERT_NOT_YET_VALID':
      return 'its certificate is not valid yet';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another name';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'it does not speak TLS on this port';
    default:
      return null;
  }
}
