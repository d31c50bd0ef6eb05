import type { Principal } from '../../access/principal.ts';
import { presentedAddress } from '../../core/ip.ts';
import { Refusal } from '../../core/refusal.ts';
import { createContext, type ServerServices } from '../../graphql/context.ts';
import type { OperationLimits } from '../../graphql/cost/operation-limits.ts';
import { introspection } from '../../verification-host/introspection.ts';
import { type Verification, verifyApiKey } from '../../verification-host/verify-api-key.ts';
import { authenticateExplicit } from '../auth/authenticate.ts';
import { type BodyBuffers, readBody } from '../body.ts';
import { clientAddress } from '../client-address.ts';
import { requireContentType } from '../content-type.ts';
import { foreignOrigin, requireOrigin } from '../cors/foreign-origin.ts';
import { type Exchange, respondJson } from '../exchange.ts';
import { REQUIREMENTS, readVerifyQuery } from '../verify/verify-query.ts';
import { clientCredential } from './client-credential.ts';
import { respondOAuthError } from './oauth-error.ts';

/** Media type of a request (RFC 7662, 2.1). */
export const FORM = 'application/x-www-form-urlencoded';

/** Maximum size of a request body, bytes. Tokens and client secrets have at most 512 characters. */
export const FORM_MAX = 16_384;

interface Parts {
  readonly limits: OperationLimits;
  readonly unread: BodyBuffers['unread'];
}

/**
 * OAuth 2.0 Token Introspection (RFC 7662): verifies an API key on behalf of a gateway that has `api.key.verify`, like
 * `verifyApiKey`. A key that isn't accepted is not active, for whatever reason.
 */
export function introspectHandler(services: ServerServices, { limits, unread }: Parts) {
  const introspect = async (exchange: Exchange): Promise<Verification> => {
    const { request, response, id } = exchange;
    const params = readQuery(exchange.query);
    requireContentType(request, FORM);
    const ip = clientAddress(request, services.config.trustedProxies);
    const body = await readBody(request, response, { unread, ip, max: FORM_MAX });
    const form = new URLSearchParams(body);
    const principal = await callerOf(exchange, form, services, ip);
    exchange.actor = principal.actor;
    const ticket = limits.ticketFor(principal, ip);
    try {
      ticket.begin(body.length);
      const client = { id, ip, userAgent: request.headers['user-agent'] ?? null };
      const ctx = createContext(services, { principal, client });
      return await verifyApiKey(ctx, { ...params, ...readForm(form) }, 'introspect');
    } finally {
      ticket.leave();
      exchange.headers.push(...ticket.headers());
    }
  };
  return async (exchange: Exchange): Promise<void> => {
    try {
      respondJson(exchange, 200, introspection((await introspect(exchange)).accepted));
    } catch (error) {
      respondOAuthError(exchange, error);
    }
  };
}

/** The caller, without cookies: every page can send forms. Rejects with a Refusal. */
async function callerOf(
  { request }: Exchange,
  form: URLSearchParams,
  services: ServerServices,
  ip: string | null,
): Promise<Principal> {
  const principal = await authenticateExplicit(() => clientCredential(request, form), services, ip);
  if (!principal) throw new Refusal(401, 'UNAUTHENTICATED', 'Authentication is required');
  return requireOrigin(services, principal, foreignOrigin(request, services.publicUrl));
}

/** The requirements in the URL, with the names of /verify: a gateway's configuration contains them. */
function readQuery(query: string) {
  const params = readVerifyQuery(query);
  if (params instanceof Refusal) throw params;
  if (params.preflight || /(?:^|&)uri=/.test(query))
    throw fault('preflight and uri are parameters of /verify');
  return { ...params, organizationId: params.reportTo };
}

/** The parameters of the request itself. Throws a Refusal. */
function readForm(form: URLSearchParams): { key: string; ip: string | null } {
  const names = [...form.keys()];
  if (new Set(names).size < names.length) throw fault('A parameter must not be repeated');
  // Ignoring it, as others, would disable a check.
  const misplaced = names.find((name) => REQUIREMENTS.includes(name));
  if (misplaced) throw fault(`${misplaced}: must be in the query of the URL`);
  const key = form.get('token');
  if (!key) throw fault('token: is required');
  const ip = form.get('ip') || null;
  if (ip !== null && presentedAddress(ip) === null) throw fault('ip: must be an IP address');
  return { key, ip };
}

function fault(message: string): Refusal {
  return new Refusal(400, 'BAD_USER_INPUT', message);
}
