import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FLOW_MS, type FlowSeal, type OidcFlow } from '../../oidc/oidc-flow.ts';
import { cookieName, cookiesLike, cookiesNamed, setCookie } from '../auth/cookies.ts';

/** Maximum number of concurrent sign-ins of a browser. The oldest is dropped for a new one. */
const FLOWS_MAX = 4;

/** Maximum number of cookies that are read, so that planting more gains nothing. */
const COOKIES_MAX = 16;

/**
 * The sealed flows in a browser's cookies, one cookie per flow, so that sign-ins in several tabs don't interfere. Lax,
 * because the provider redirects back here.
 */
export class FlowCookies {
  readonly #publicUrl: () => string;
  readonly #seal: FlowSeal;

  constructor(publicUrl: () => string, seal: FlowSeal) {
    this.#publicUrl = publicUrl;
    this.#seal = seal;
  }

  /** Set-Cookie values that start a flow. Deletes the oldest flows beyond the maximum. */
  async begin(request: IncomingMessage, flow: OidcFlow, now: number): Promise<string[]> {
    const value = await this.#seal.seal(flow);
    const own = this.#set(this.#nameOf(flow.state), value);
    const names = new Map<string, number>();
    for (const cookie of cookiesLike(request, this.#start()).slice(0, COOKIES_MAX)) {
      const { expiresAt = 0 } = (await this.#seal.open(cookie.value, now)) ?? {};
      names.set(cookie.name, Math.max(expiresAt, names.get(cookie.name) ?? 0));
    }
    const newest = [...names].sort(([, one], [, other]) => other - one).map(([name]) => name);
    return [own, ...newest.slice(FLOWS_MAX - 1).map((name) => this.#set(name, null))];
  }

  /** The flow that a response with this state belongs to. Null if this browser didn't start it, or too long ago. */
  async find(request: IncomingMessage, state: string, now: number): Promise<OidcFlow | null> {
    // If another host planted a cookie of this name, ours is among them, and only ours can be opened.
    for (const value of cookiesNamed(request, this.#nameOf(state)).slice(0, COOKIES_MAX)) {
      const flow = await this.#seal.open(value, now);
      if (flow?.state === state) return flow;
    }
    return null;
  }

  /** A Set-Cookie value that deletes the flow with this state. */
  end(state: string): string {
    return this.#set(this.#nameOf(state), null);
  }

  #set(name: string, value: string | null): string {
    return setCookie(this.#publicUrl(), name, { value, seconds: FLOW_MS / 1000, sameSite: 'Lax' });
  }

  #nameOf(state: string): string {
    return this.#start() + hash('sha256', state, 'hex').slice(0, 8);
  }

  #start(): string {
    return `${cookieName(this.#publicUrl(), 'oidc_')}_`;
  }
}
