import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FLOW_MS, type FlowSeal, type OidcFlow } from '../../oidc/oidc-flow.ts';
import { cookieName, cookiesLike, cookiesNamed, setCookie } from '../auth/cookies.ts';

/** Maximum number of sign-ins that a browser can have under way at once; the oldest is given up for one more. */
const FLOWS_MAX = 4;

/** Maximum number of cookies that are read, so that planting more gains nothing. */
const COOKIES_MAX = 16;

/**
 * The sealed flows in a browser's cookies, each in one of its own, so that sign-ins in several tabs don't disturb each
 * other. Lax, because the provider's page leads back here.
 */
export class FlowCookies {
  readonly #publicUrl: () => string;
  readonly #seal: FlowSeal;

  constructor(publicUrl: () => string, seal: FlowSeal) {
    this.#publicUrl = publicUrl;
    this.#seal = seal;
  }

  /** Set-Cookie values with which a flow begins; those of flows that are too many end. */
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

  /** The flow that an answer with this state belongs to, if this browser began it; null: it did not, or too long ago. */
  async find(request: IncomingMessage, state: string, now: number): Promise<OidcFlow | null> {
    // Where another host planted a cookie of this name, ours is among them, and no one else could seal one.
    for (const value of cookiesNamed(request, this.#nameOf(state)).slice(0, COOKIES_MAX)) {
      const flow = await this.#seal.open(value, now);
      if (flow?.state === state) return flow;
    }
    return null;
  }

  /** A Set-Cookie value that ends the flow with this state. */
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
