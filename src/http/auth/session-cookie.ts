import type { IncomingMessage } from 'node:http';
import { isToken, SESSION_PREFIX } from '../../sessions/tokens.ts';
import { cookieName, cookiesNamed, endPlanted, setCookie } from './cookies.ts';

/** A header that pages of other origins can't send without a preflight, which only allowed origins pass. */
export const REQUESTED_WITH = 'keywright';

/** Maximum number of a request's cookies that are looked up. A browser sends one, and planting more gains nothing. */
const TOKENS_MAX = 4;

/** The name of the console's cookie; its value is a session token. */
export function sessionCookieName(publicUrl: string): string {
  return cookieName(publicUrl);
}

/** Whether the request claims to come from a page of this server, which a cookie requires. */
export function isFromOwnPage(request: IncomingMessage): boolean {
  return request.headers['x-requested-with'] === REQUESTED_WITH;
}

/** Whether the browser reports a page at another origin than PUBLIC_URL. Programs send no origin. */
export function isFromOtherOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  return headers.origin !== undefined && headers.origin !== originOf(publicUrl);
}

/** Scheme, host and port of PUBLIC_URL, as browsers write an origin. */
export function originOf(publicUrl: string): string {
  return new URL(publicUrl).origin;
}

/** The different session tokens in a request's cookies, not verified yet. */
export function sessionTokens(request: IncomingMessage, publicUrl: string): string[] {
  const tokens = cookiesNamed(request, sessionCookieName(publicUrl)).filter((value) =>
    isToken(SESSION_PREFIX, value),
  );
  return [...new Set(tokens)].slice(0, TOKENS_MAX);
}

/** Set-Cookie values that set the session cookie, or delete it (null), and delete planted cookies of its name. */
export function sessionCookies(
  request: IncomingMessage,
  publicUrl: string,
  session: { readonly token: string; readonly seconds: number } | null,
): string[] {
  const name = sessionCookieName(publicUrl);
  const { token = null, seconds = 0 } = session ?? {};
  const own = setCookie(publicUrl, name, { value: token, seconds, sameSite: 'Strict' });
  return [own, ...endPlanted(request, publicUrl, name)];
}

/**
 * Set-Cookie values that delete useless cookies of a request: all of them if no session is accepted; otherwise, if
 * there are several, all but our own.
 */
export function endUselessCookies(request: IncomingMessage, publicUrl: string, accepted: number): string[] {
  const name = sessionCookieName(publicUrl);
  const count = cookiesNamed(request, name).length;
  if (count === 0) return [];
  if (accepted === 0) return sessionCookies(request, publicUrl, null);
  return count > 1 ? endPlanted(request, publicUrl, name) : [];
}
