import { Refusal } from '../../core/refusal.ts';
import type { BodyBuffers } from '../body.ts';
import { acceptedMediaType, asksFor, MEDIA_TYPES } from './accept.ts';
import type { HttpPlugin } from './http-context.ts';
import { readParams } from './read-params.ts';

/**
 * Replaces yoga's own parsers: negotiates the media type, and reads the parameters of an operation within all limits.
 * The body is limited while it arrives, numbers stay exact, and only JSON is accepted, which a page of another site
 * can't send without a preflight (CSRF).
 */
export function useParameters(unread: BodyBuffers['unread']): HttpPlugin {
  return {
    onRequestParse: async ({ serverContext, setRequestParser }) => {
      const context = serverContext;
      const { method, headers } = context.exchange.request;
      const { accept } = headers;
      // Without a body, no event is ever sent, so a client that has disconnected might never be noticed.
      context.streaming = method !== 'HEAD' && asksFor(accept, 'text/event-stream');
      const mediaType = acceptedMediaType(accept);
      if (!mediaType && !context.streaming) throw notAcceptable();
      context.mediaType = mediaType;
      const unparsed = await readParams(context.exchange, { unread, ip: context.client.ip });
      context.unparsed = unparsed;
      setRequestParser(() => unparsed.parse());
    },
  };
}

function notAcceptable(): Refusal {
  return new Refusal(
    406,
    'BAD_REQUEST',
    `The Accept header must allow ${MEDIA_TYPES.join(' or ')}, in UTF-8`,
  );
}
