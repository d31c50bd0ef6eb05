import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { admit } from './middleware/admit.ts';
import { headerPairs, isFetchPreflight, rawHeadersOf } from './middleware/fetch-response.ts';
import { type AddressOptions, requirementsOf } from './middleware/options.ts';
import { addressReader } from './middleware/proxies.ts';
import type { AcceptedVerdict, Verifier } from './types.ts';

export type HonoOptions = AddressOptions<Context>;

declare module 'hono' {
  interface ContextVariableMap {
    /** The verdict of an accepted key, on routes that the middleware protects. */
    keywright: AcceptedVerdict;
  }
}

/** The variables that the middleware sets. */
export interface KeywrightEnv {
  Variables: {
    /** The verdict of an accepted key. */
    keywright: AcceptedVerdict;
  };
}

/**
 * Middleware for Hono 4. Requests pass only with an accepted key, whose verdict is `c.get('keywright')`. With
 * `@hono/node-server`, the client's IP address is that of the connection. With other servers, set the option `ip`.
 */
export function keywright(verifier: Verifier, options: HonoOptions = {}): MiddlewareHandler<KeywrightEnv> {
  const addressOf = addressReader(options.trustedProxies);
  return async (context, next) => {
    const { raw } = context.req;
    if (options.preflight && isFetchPreflight(raw)) return next();
    // `@hono/node-server` passes it.
    const { incoming } = (context.env ?? {}) as { readonly incoming?: IncomingMessage };
    const requirements = requirementsOf(options, context, incoming ? addressOf(incoming) : null);
    const { verdict, refusal } = await admit(
      verifier,
      rawHeadersOf(raw.headers, incoming),
      requirements,
      options.onUnavailable,
    );
    if (refusal) return new Response(refusal.body, { status: refusal.status, headers: headerPairs(refusal) });
    context.set('keywright', verdict);
    return next();
  };
}
