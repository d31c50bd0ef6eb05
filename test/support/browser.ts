import { cookieName } from '../../src/http/auth/cookies.ts';
import { type Answer, ask } from './server.ts';

/** A page that a browser ended up on. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly strict: boolean;
  /** Everything after the value, as it came. */
  readonly attributes: readonly string[];
}

const REDIRECTS_MAX = 20;

/** As much of a browser as a sign-in needs: it keeps cookies, follows redirects, and knows SameSite. */
export class Browser {
  readonly #cookies = new Map<string, Cookie[]>();
  /** Every address that it asked for, oldest first. */
  readonly visited: string[] = [];

  /**
   * Opens an address as if it was typed, and follows redirects. With `stopAt`, stops before an address that begins so and
   * gives that address in place of the page.
   */
  async open(address: string, stopAt?: undefined, headers?: Record<string, string>): Promise<Page>;
  async open(address: string, stopAt: string, headers?: Record<string, string>): Promise<string>;
  async open(
    address: string,
    stopAt?: string,
    headers: Record<string, string> = { 'Sec-Fetch-Site': 'none' },
  ): Promise<Page | string> {
    let url = new URL(address);
    // Once another site had a say, cookies for the own site's pages alone stay at home.
    let crossSite = headers['Sec-Fetch-Site'] === 'cross-site';
    for (let count = 0; count < REDIRECTS_MAX; count += 1) {
      this.visited.push(url.href);
      const sent = crossSite ? { ...headers, 'Sec-Fetch-Site': 'cross-site' } : headers;
      const Cookie = this.#cookieHeader(url, crossSite);
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { Accept: 'text/html', ...sent, ...(Cookie && { Cookie }) },
      });
      this.#keep(url.origin, response.headers.getSetCookie());
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null)
        return { url: url.href, status: response.status, headers: response.headers, text };
      const next = new URL(location, url);
      if (stopAt !== undefined && next.href.startsWith(stopAt)) return next.href;
      crossSite ||= next.origin !== url.origin;
      url = next;
    }
    throw new Error(`More than ${REDIRECTS_MAX} redirects from ${address}`);
  }

  /** The cookie of this name, for a server. */
  cookie(server: { readonly url: string }, name: string): Cookie | undefined {
    return this.#cookies.get(new URL(server.url).origin)?.find((cookie) => cookie.name === name);
  }

  /** The token in the session's cookie. */
  sessionToken(server: { readonly url: string }): string | undefined {
    return this.cookie(server, cookieName(server.url))?.value;
  }

  /** The cookies of this server, for sign-ins with the OpenID provider that are under way. */
  flowCookies(server: { readonly url: string }): readonly Cookie[] {
    const start = `${cookieName(server.url, 'oidc_')}_`;
    return (this.#cookies.get(new URL(server.url).origin) ?? []).filter(({ name }) => name.startsWith(start));
  }

  /** Puts a cookie into the browser, or takes one out. */
  plant(server: { readonly url: string }, name: string, value: string | null, path = '/'): void {
    const end = value === null ? '; Max-Age=0' : '';
    this.#keep(new URL(server.url).origin, [`${name}=${value ?? ''}; Path=${path}${end}`]);
  }

  /** Takes over Set-Cookie values of a server. */
  keep(server: { readonly url: string }, setCookies: readonly string[]): void {
    this.#keep(new URL(server.url).origin, setCookies);
  }

  /** Forgets all cookies of an origin. */
  forget(origin: string): void {
    this.#cookies.delete(origin);
  }

  /** Sends a GraphQL operation as a page of the server does. */
  ask(server: { readonly url: string }, query: string): Promise<Answer> {
    const Cookie = this.#cookieHeader(new URL(server.url), false);
    return ask(server, query, { headers: { 'X-Requested-With': 'keywright', Cookie } });
  }

  #cookieHeader(url: URL, crossSite: boolean): string {
    return (this.#cookies.get(url.origin) ?? [])
      .filter(({ path, strict }) => url.pathname.startsWith(path) && !(strict && crossSite))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  #keep(origin: string, setCookies: readonly string[]): void {
    for (const setCookie of setCookies) {
      const [pair = '', ...attributes] = setCookie.split(/; */);
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      const value = pair.slice(at + 1);
      const find = (wanted: string) =>
        attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const path = find('path') ?? '/';
      const others = (this.#cookies.get(origin) ?? []).filter(
        (one) => one.name !== name || one.path !== path,
      );
      const expires = find('expires');
      const gone = find('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
      const strict = find('samesite')?.toLowerCase() === 'strict';
      this.#cookies.set(origin, gone ? others : [...others, { name, value, path, strict, attributes }]);
    }
  }
}
