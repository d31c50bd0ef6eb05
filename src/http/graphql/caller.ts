import type { ServerServices } from '../../graphql/context.ts';
import { authenticate } from '../auth/authenticate.ts';
import { foreignOrigin, originRefusal } from '../cors/foreign-origin.ts';
import type { HttpPlugin } from './http-context.ts';

/**
 * Authenticates the caller once the body is complete: it may arrive slowly, and a credential may become invalid in the
 * meantime.
 */
export function useCaller(services: ServerServices): HttpPlugin {
  return {
    onRequestParse: async ({ serverContext }) => {
      const { exchange, client } = serverContext;
      const principal = await authenticate(exchange.request, services, client.ip, (cookies) =>
        exchange.response.setHeader('Set-Cookie', cookies),
      );
      if (!principal) return;
      exchange.actor = principal.actor;
      const origin = foreignOrigin(exchange.request, services.publicUrl);
      const refusal = await originRefusal(services, principal, origin);
      serverContext.isOriginAdmitted = refusal === null;
      if (refusal) throw refusal;
      serverContext.principal = principal;
    },
  };
}
