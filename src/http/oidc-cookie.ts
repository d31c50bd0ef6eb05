import type { IncomingMessage } from 'node:http';
import { cookiesNamed } from './session-cookie.ts';

const NAME = 'keywright_oidc';

/** The sealed flows that a browser's cookie holds: one, unless a neighbouring host has planted another. */
export function flowCookies(request: IncomingMessage, publicUrl: string): string[] {
  return cookiesNamed(request, nameAt(publicUrl));
}

/**
 * A Set-Cookie value: the sealed flow for `seconds`, or its end where it is null. Lax, because the provider's page leads
 * back here, and of no use to scripts.
 */
export function flowCookie(sealed: string | null, seconds: number, publicUrl: string): string {
  const secure = isHttps(publicUrl) ? '; Secure' : '';
  const age = sealed === null ? 0 : seconds;
  return `${nameAt(publicUrl)}=${sealed ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** With the prefix that keeps other hosts from planting one (RFC 6265bis, 4.1.3.2), where the site is https. */
function nameAt(publicUrl: string): string {
  return isHttps(publicUrl) ? `__Host-${NAME}` : NAME;
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
