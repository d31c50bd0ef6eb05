import type { IncomingMessage } from 'node:http';

/** The console's cookie; its value is a session token. */
export const SESSION_COOKIE = 'keywright_session';

/** A header that other sites can't send without being asked by a preflight, which nobody answers. */
export const REQUESTED_WITH = 'keywright';

/** Whether the request says that it comes from a page of this server: what a cookie needs to be accepted. */
export function isFromOwnPage(request: IncomingMessage): boolean {
  return request.headers['x-requested-with'] === REQUESTED_WITH;
}

/** The values of all cookies of that name; a browser sends one, a neighbouring host may have planted another. */
export function sessionCookies(request: IncomingMessage): string[] {
  return cookiesNamed(request, SESSION_COOKIE);
}

/** The values of all cookies of that name. */
export function cookiesNamed(request: IncomingMessage, name: string): string[] {
  const { cookie } = request.headers;
  if (!cookie?.includes(name)) return [];
  const values: string[] = [];
  for (const part of cookie.split(';')) {
    const at = part.indexOf('=');
    const value = part.slice(at + 1).trim();
    if (value !== '' && part.slice(0, at).trim() === name) values.push(value);
  }
  return values;
}

/** A Set-Cookie value: the token for `seconds`, or its end where the token is null. Secure where the site is https. */
export function sessionCookie(token: string | null, seconds: number, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const age = token === null ? 0 : Math.max(0, Math.floor(seconds));
  return `${SESSION_COOKIE}=${token ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`;
}
