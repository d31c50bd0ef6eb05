import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { admit } from './middleware/admit.ts';
import { headerPairs, isFetchPreflight, rawHeadersOf } from './middleware/fetch-response.ts';
import { type AddressOptions, requirementsOf } from './middleware/options.ts';
import { addressReader } from './middleware/proxies.ts';
import type { Verdict, Verifier } from './types.ts';

export type YogaOptions = AddressOptions<Request>;

/** Added to the context of resolvers. */
export interface KeywrightContext {
  /** The verdict of an accepted key. */
  readonly keywright: Verdict;
}

/**
 * A plugin for GraphQL Yoga 5: all requests over HTTP require an accepted key, GraphiQL and health checks included. The
 * verdict is `keywright` in the context. The client's address is that of the connection, on Node.js; elsewhere, use the
 * option `ip`.
 */
export function keywright(verifier: Verifier, options: YogaOptions = {}): Plugin<KeywrightContext> {
  const addressOf = addressReader(options.trustedProxies);
  const verdicts = new WeakMap<Request, Verdict>();
  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      if (options.preflight && isFetchPreflight(request)) return;
      const { req } = serverContext as { readonly req?: IncomingMessage };
      const requirements = requirementsOf(options, request, req ? addressOf(req) : null);
      const { verdict, refusal } = await admit(verifier, rawHeadersOf(request.headers, req), requirements);
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
