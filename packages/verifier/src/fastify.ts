import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPreflight } from '../../../src/http/verify/preflight.ts';
import { admit } from './middleware/admit.ts';
import { headerPairs } from './middleware/fetch-response.ts';
import { type KeywrightOptions, requirementsOf } from './middleware/options.ts';
import type { AcceptedVerdict, Verifier } from './types.ts';

export type FastifyOptions = KeywrightOptions<FastifyRequest>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The verdict of an accepted key. Null on routes that don't require one, and for preflight requests. */
    keywright: AcceptedVerdict | null;
  }
}

/**
 * Plugin for Fastify 5. All routes of the instance that it is registered on, and of nested plugins, require an accepted
 * key, whose verdict is `request.keywright`. Register it in a plugin with the routes to protect, or on the root instance
 * to protect all routes. The client's IP address is `request.ip`: behind a proxy, configure Fastify's `trustProxy`.
 */
export function keywright(
  verifier: Verifier,
  options: FastifyOptions = {},
): (instance: FastifyInstance) => Promise<void> {
  const plugin = async (instance: FastifyInstance): Promise<void> => {
    if (!instance.hasRequestDecorator('keywright')) instance.decorateRequest('keywright', null);
    // Before the body is read.
    instance.addHook('onRequest', async (request, reply) => {
      if (options.preflight && isPreflight(request.raw)) return;
      return protect(verifier, options, request, reply);
    });
  };
  // Applies to the instance itself instead of a child (what the package fastify-plugin does).
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@keywright/verifier',
  });
}

async function protect(
  verifier: Verifier,
  options: FastifyOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const requirements = requirementsOf(options, request, request.ip);
  const { verdict, refusal } = await admit(
    verifier,
    request.raw.rawHeaders,
    requirements,
    options.onUnavailable,
  );
  if (refusal)
    return reply
      .code(refusal.status)
      .headers(Object.fromEntries(headerPairs(refusal)))
      .send(refusal.body);
  request.keywright = verdict;
  return undefined;
}
