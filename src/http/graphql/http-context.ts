import type { Plugin as YogaPlugin } from 'graphql-yoga';
import type { Principal } from '../../access/principal.ts';
import type { Ticket } from '../../graphql/cost/operation-limits.ts';
import type { OperationContext } from '../../graphql/operation-context.ts';
import type { Exchange } from '../exchange.ts';
import type { MediaType } from './accept.ts';
import type { UnparsedParams } from './read-params.ts';

/** The context of an operation over HTTP, filled in by the plugins in turn. */
export interface HttpContext extends OperationContext {
  principal: Principal | null;
  readonly exchange: Exchange;
  /** Whether pages of the request's origin can use the caller's credential. Null: there is no caller, or not yet. */
  isOriginAdmitted: boolean | null;
  /** Media type of the response. Null: an event stream, because the client accepts nothing else. */
  mediaType: MediaType | null;
  /** Whether the client accepts an event stream. */
  streaming: boolean;
  unparsed: UnparsedParams | null;
  /** The subscription's results, if it is one. */
  stream: { readonly interrupted: boolean } | null;
  ticket: Ticket | null;
  /** The response of a single result, with its whole body. */
  sent: { readonly response: Response; readonly body: string | Buffer } | null;
  /** The charge of the whole operation, if the response must report it. */
  priced: Ticket | null;
}

/** A plugin of the HTTP transport. */
export type HttpPlugin = YogaPlugin<HttpContext, HttpContext>;
