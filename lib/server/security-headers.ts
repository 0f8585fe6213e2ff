type Options = { nonce: string; https: boolean; development: boolean };

/**
 * What a page may load. Scripts: only those with the nonce of this very answer and what they load; Next puts the nonce
 * on its own. Styles may be inline, because positions of menus and charts are set as style attributes; they run nothing.
 */
export function contentSecurityPolicy({ nonce, https, development }: Options): string {
  const rules: Record<string, string[]> = {
    'default-src': ["'self'"],
    'script-src': ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(development ? ["'unsafe-eval'"] : [])],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...(development ? ['ws:'] : [])],
    // The bundler starts a worker from a blob that imports the script of our own address.
    'worker-src': ["'self'", 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  const policy = Object.entries(rules).map(([name, values]) => `${name} ${values.join(' ')}`);
  return [...policy, ...(https ? ['upgrade-insecure-requests'] : [])].join('; ');
}

/** Of every answer of the web process. */
export function securityHeaders({ https }: { https: boolean }): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    ...(https && { 'strict-transport-security': 'max-age=31536000' }),
  };
}
