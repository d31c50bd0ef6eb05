import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Maximum number of levels of paths and domains for which planted cookies are deleted. */
const LEVELS_MAX = 4;

/**
 * The name of a cookie of the server at `publicUrl`. It is unique to the server, because ports share cookies. With
 * https, its prefix prevents other hosts from setting it (RFC 6265bis, 4.1.3.2).
 */
export function cookieName(publicUrl: string, use = ''): string {
  const known = names.get(`${use} ${publicUrl}`);
  if (known !== undefined) return known;
  const prefix = isHttps(publicUrl) ? '__Host-' : '';
  const name = `${prefix}keywright_${use}${hash('sha256', publicUrl, 'hex').slice(0, 8)}`;
  names.set(`${use} ${publicUrl}`, name);
  return name;
}

/** A server has one URL; tests have several. */
const names = new Map<string, string>();

/** All cookies of a request whose names start with this text, in order. */
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

/** The values of all cookies with this name. There are several if another party has planted one. */
export function cookiesNamed(request: IncomingMessage, wanted: string): string[] {
  return cookiesLike(request, wanted).flatMap(({ name, value }) => (name === wanted ? [value] : []));
}

/** A Set-Cookie value for this host only, not readable by scripts. Null deletes the cookie. */
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
 * Set-Cookie values that delete cookies of this name that another server on this or a neighboring host planted for the
 * request's URL: with a longer path, or for a whole domain. Our own cookie stays.
 */
export function endPlanted(request: IncomingMessage, publicUrl: string, name: string): string[] {
  // With the prefix of https, there can be no other.
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
