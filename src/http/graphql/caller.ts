import type { ServerServices } from '../../graphql/context.ts';
import { authenticate } from '../auth/authenticate.ts';
import type { HttpPlugin } from './http-context.ts';

/** Authenticates the caller once the body is complete: it may take its time, and a credential can end meanwhile. */
export function useCaller(services: ServerServices): HttpPlugin {
  return {
    onRequestParse: async ({ serverContext }) => {
      const { exchange, client } = serverContext;
      const principal = await authenticate(exchange.request, services, client.ip, (cookies) =>
        exchange.response.setHeader('Set-Cookie', cookies),
      );
      if (principal) exchange.actor = principal.actor;
      serverContext.principal = principal;
    },
  };
}
