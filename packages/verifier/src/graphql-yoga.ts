import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { admit } from './middleware/admit.ts';
import { headerPairs, isFetchPreflight, rawHeadersOf } from './middleware/fetch-response.ts';
import { type AddressOptions, requirementsOf } from './middleware/options.ts';
import { addressReader } from './middleware/proxies.ts';
import type { AcceptedVerdict, Verifier } from './types.ts';

export type YogaOptions = AddressOptions<Request>;

/** What the plugin adds to the context of resolvers. */
export interface KeywrightContext {
  /** The verdict of an accepted key. */
  readonly keywright: AcceptedVerdict;
}

/**
 * Plugin for GraphQL Yoga 5. GraphQL operations over HTTP require an accepted key, whose verdict is `keywright` in the
 * context. Yoga responds before any plugin runs to health checks, to OPTIONS requests if CORS is enabled, and to requests
 * for the GraphiQL page (`graphiql: false` disables it): these need no key. WebSocket connections don't pass through the
 * plugin. On Node.js, the client's IP address is that of the connection. Elsewhere, set the option `ip`.
 */
export function keywright(verifier: Verifier, options: YogaOptions = {}): Plugin<KeywrightContext> {
  const addressOf = addressReader(options.trustedProxies);
  const verdicts = new WeakMap<Request, AcceptedVerdict>();
  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      if (options.preflight && isFetchPreflight(request)) return;
      const { req } = serverContext as { readonly req?: IncomingMessage };
      const requirements = requirementsOf(options, request, req ? addressOf(req) : null);
      const { verdict, refusal } = await admit(
        verifier,
        rawHeadersOf(request.headers, req),
        requirements,
        options.onUnavailable,
      );
      if (verdict) verdicts.set(request, verdict);
      else {
        const headers = Object.fromEntries(headerPairs(refusal));
        endResponse(new fetchAPI.Response(refusal.body, { status: refusal.status, headers }));
      }
    },
    onContextBuilding({ context, extendContext }) {
      const verdict = verdicts.get(context.request);
      if (verdict) extendContext({ keywright: verdict });
    },
  };
}
