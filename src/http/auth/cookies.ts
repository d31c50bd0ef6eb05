import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Deepest path and domain of which a planted cookie is cleared. */
const LEVELS_MAX = 4;

/**
 * The name of a cookie of the server at `publicUrl`: of its own, since ports share cookies, and where the site is https
 * with the prefix that keeps other hosts from planting one (RFC 6265bis, 4.1.3.2).
 */
export function cookieName(publicUrl: string, use = ''): string {
  const known = names.get(`${use} ${publicUrl}`);
  if (known !== undefined) return known;
  const prefix = isHttps(publicUrl) ? '__Host-' : '';
  const name = `${prefix}keywright_${use}${hash('sha256', publicUrl, 'hex').slice(0, 8)}`;
  names.set(`${use} ${publicUrl}`, name);
  return name;
}

/** A server has one address; tests have several. */
const names = new Map<string, string>();

/** All cookies of a request whose names begin like this, in the order in which they came. */
export function cookiesLike(request: IncomingMessage, start: string): { name: string; value: string }[] {
  const { cookie } = request.headers;
  if (!cookie?.includes(start)) return [];
  return cookie.split(';').flatMap((part) => {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0)).trim();
    const value = part.slice(at + 1).trim();
    return name.startsWith(start) && value !== '' ? [{ name, value }] : [];
  });
}

/** The values of all cookies of this name; there are several where someone else has planted one. */
export function cookiesNamed(request: IncomingMessage, wanted: string): string[] {
  return cookiesLike(request, wanted).flatMap(({ name, value }) => (name === wanted ? [value] : []));
}

/** A Set-Cookie value: for all of this host and no other, of no use to scripts. A value of null ends the cookie. */
export function setCookie(
  publicUrl: string,
  name: string,
  { value, seconds, sameSite }: { value: string | null; seconds: number; sameSite: 'Strict' | 'Lax' },
): string {
  const secure = isHttps(publicUrl) ? '; Secure' : '';
  const age = value === null ? 0 : Math.max(0, Math.floor(seconds));
  return `${name}=${value ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=${sameSite}${secure}`;
}

/**
 * Set-Cookie values that end whatever another server of the same host, or of a neighbouring one, planted under this name
 * for the request's address: below a longer path, or for a whole domain. Our own cookie stays.
 */
export function endPlanted(request: IncomingMessage, publicUrl: string, name: string): string[] {
  // With the prefix of https there can be no other.
  if (isHttps(publicUrl)) return [];
  const domains = domainsOf(new URL(publicUrl).hostname);
  return pathsOf(request.url ?? '/').flatMap((path) =>
    ['', ...domains.map((domain) => `; Domain=${domain}`)]
      .filter((domain) => path !== '/' || domain !== '')
      .map((domain) => `${name}=; Path=${path}${domain}; Max-Age=0`),
  );
}

/** `/a/b` is sent the cookies of `/`, `/a`, `/a/` and `/a/b`. */
function pathsOf(url: string): string[] {
  const end = url.search(/[^\w\-./~]/);
  const parts = (end < 0 ? url : url.slice(0, end)).split('/').filter(Boolean).slice(0, LEVELS_MAX);
  const levels = parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return ['/', ...levels.flatMap((level) => [level, `${level}/`])];
}

function domainsOf(host: string): string[] {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return [];
  const labels = host.split('.');
  const parents = labels.map((_label, index) => labels.slice(index).join('.'));
  return [host, ...parents.filter((domain) => domain !== host && domain.includes('.')).slice(-LEVELS_MAX)];
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}
