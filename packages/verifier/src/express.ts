import type { IncomingMessage, ServerResponse } from 'node:http';
import { isPreflight } from '../../../src/http/verify/preflight.ts';
import { admit } from './middleware/admit.ts';
import { sendRefusal } from './middleware/node-response.ts';
import { type KeywrightOptions, requirementsOf } from './middleware/options.ts';
import type { Verdict, Verifier } from './types.ts';

/** A request of Express. Cast it to Express's own type where you need more of it. */
export interface ExpressRequest extends IncomingMessage {
  readonly ip?: string | undefined;
  /** The verdict of an accepted key. */
  keywright?: Verdict;
}

export type ExpressOptions = KeywrightOptions<ExpressRequest>;

declare global {
  namespace Express {
    interface Request {
      /** The verdict of an accepted key. */
      keywright?: Verdict;
    }
  }
}

/**
 * A middleware for Express 5 and 4 that lets requests with an accepted key pass, with the verdict as
 * `request.keywright`. The client's address is `request.ip`: behind a proxy, configure Express's `trust proxy`.
 */
export function keywright(
  verifier: Verifier,
  options: ExpressOptions = {},
): (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    if (options.preflight && isPreflight(request)) return next();
    admitRequest(verifier, options, request).then(({ verdict, refusal }) => {
      if (refusal) return sendRefusal(response, refusal);
      request.keywright = verdict;
      next();
    }, next);
  };
}

async function admitRequest(verifier: Verifier, options: ExpressOptions, request: ExpressRequest) {
  return admit(verifier, request.rawHeaders, requirementsOf(options, request, request.ip));
}
