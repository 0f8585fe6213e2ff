import { randomBytes } from 'node:crypto';
import { NextResponse, type NextRequest } from 'next/server';
import { contentSecurityPolicy, securityHeaders } from '@/lib/server/security-headers';

/** Headers only. Who may see what is decided in the layouts and verbs, never here. */
export function proxy(request: NextRequest) {
  const https = process.env.SIGNALBOX_PUBLIC_URL?.startsWith('https:') ?? false;
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy({ nonce, https, development: process.env.NODE_ENV === 'development' });
  const headers = new Headers(request.headers);
  // Next reads the nonce from the policy of the request and puts it on its scripts.
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  // Layouts are not told their address; the gate of the console sends the anonymous back to it after the sign-in.
  headers.set('x-signalbox-path', `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(securityHeaders({ https }))) response.headers.set(name, value);
  return response;
}

export const config = { matcher: ['/((?!_next/static|_next/image).*)'] };
