import type { IncomingMessage, ServerResponse } from 'node:http';
import { isPreflight } from '../../../src/http/verify/preflight.ts';
import { admit } from './middleware/admit.ts';
import { sendRefusal } from './middleware/node-response.ts';
import { type KeywrightOptions, requirementsOf } from './middleware/options.ts';
import type { AcceptedVerdict, Verifier } from './types.ts';

/** The properties of an Express request that the middleware uses. */
export interface ExpressRequest extends IncomingMessage {
  readonly ip?: string | undefined;
  /** The verdict of an accepted key. */
  keywright?: AcceptedVerdict;
}

export type ExpressOptions<R extends ExpressRequest = ExpressRequest> = KeywrightOptions<R>;

declare global {
  namespace Express {
    interface Request {
      /** The verdict of an accepted key. */
      keywright?: AcceptedVerdict;
    }
  }
}

/**
 * Middleware for Express 5 and 4. Requests pass only with an accepted key, whose verdict is `request.keywright`. The
 * client's IP address is `request.ip`: behind a proxy, configure Express's `trust proxy`.
 */
export function keywright<R extends ExpressRequest = ExpressRequest>(
  verifier: Verifier,
  options: ExpressOptions<R> = {},
): (request: R, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    if (options.preflight && isPreflight(request)) return next();
    admitRequest(verifier, options, request).then(({ verdict, refusal }) => {
      if (refusal) return sendRefusal(response, refusal);
      request.keywright = verdict;
      next();
    }, next);
  };
}

async function admitRequest<R extends ExpressRequest>(
  verifier: Verifier,
  options: ExpressOptions<R>,
  request: R,
) {
  return admit(
    verifier,
    request.rawHeaders,
    requirementsOf(options, request, request.ip),
    options.onUnavailable,
  );
}
