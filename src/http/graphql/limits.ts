import type { OperationLimits } from '../../graphql/cost/operation-limits.ts';
import type { HttpPlugin } from './http-context.ts';

/**
 * Enforces the caller's limits on an operation, starting before it is parsed. Response headers contain what is left.
 */
export function useOperationLimits(limits: OperationLimits): HttpPlugin {
  return {
    onRequestParse({ serverContext }) {
      const { principal, client, exchange, unparsed } = serverContext;
      const ticket = limits.ticketFor(principal, client.ip);
      serverContext.ticket = ticket;
      serverContext.charge = ticket;
      if (exchange.request.headers['x-keywright-cost'] === '1') serverContext.priced = ticket;
      ticket.begin(unparsed?.size);
    },
    onResultProcess({ serverContext }) {
      const { ticket, exchange } = serverContext;
      if (!ticket) return;
      ticket.leave();
      exchange.headers.push(...ticket.headers());
    },
  };
}
