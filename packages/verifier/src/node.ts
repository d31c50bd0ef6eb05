import type { IncomingMessage, ServerResponse } from 'node:http';
import { isPreflight } from '../../../src/http/verify/preflight.ts';
import { admit } from './middleware/admit.ts';
import { sendRefusal } from './middleware/node-response.ts';
import { type AddressOptions, requirementsOf } from './middleware/options.ts';
import { addressReader } from './middleware/proxies.ts';
import type { AcceptedVerdict, Verifier } from './types.ts';

/** A request with the verdict of its key. Null for CORS preflight requests, which can pass without a key. */
export type VerifiedRequest = IncomingMessage & { keywright: AcceptedVerdict | null };

export type NodeOptions = AddressOptions<IncomingMessage>;

/**
 * Wraps request listeners of `node:http`. They are called only for requests with an accepted key, whose verdict is
 * `request.keywright`. If the options are invalid, the response has status 500.
 */
export function keywright(verifier: Verifier, options: NodeOptions = {}) {
  const addressOf = addressReader(options.trustedProxies);
  return (
    listener: (request: VerifiedRequest, response: ServerResponse) => void,
  ): ((request: IncomingMessage, response: ServerResponse) => void) =>
    (incoming, response) => {
      const request = incoming as VerifiedRequest;
      const pass = (verdict: AcceptedVerdict | null): void => {
        request.keywright = verdict;
        listener(request, response);
      };
      if (options.preflight && isPreflight(request)) return pass(null);
      admitRequest(verifier, options, request, addressOf(request)).then(
        ({ verdict, refusal }) => {
          if (refusal) sendRefusal(response, refusal);
          // Errors of the listener are its own: thrown as they would be without this middleware.
          else process.nextTick(pass, verdict);
        },
        () => {
          response.statusCode = 500;
          response.end();
        },
      );
    };
}

async function admitRequest(
  verifier: Verifier,
  options: NodeOptions,
  request: IncomingMessage,
  ip: string | null,
) {
  return admit(verifier, request.rawHeaders, requirementsOf(options, request, ip), options.onUnavailable);
}
