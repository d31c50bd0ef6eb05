import type { IncomingMessage } from 'node:http';
import { isLoopback, type OidcConfig } from '../core/oidc-config.ts';
import { signInWithProvider } from '../organizations/sign-in-with-provider.ts';
import { OidcFault } from '../sessions/oidc-fault.ts';
import { FLOW_MS, FlowSeal, newFlow, type OidcFlow } from '../sessions/oidc-flow.ts';
import { OidcProvider } from '../sessions/oidc-provider.ts';
import { hashToken, isToken, SESSION_PREFIX } from '../sessions/tokens.ts';
import { clientAddress } from './client-address.ts';
import { type Exchange, redirect, respond } from './exchange.ts';
import type { ServerServices } from './graphql.ts';
import { flowCookie, flowCookies } from './oidc-cookie.ts';
import { refusedPage } from './oidc-page.ts';
import { sessionCookie, sessionCookies } from './session-cookie.ts';
import { OIDC_PATH, SIGN_IN_POLICY } from './sign-in-page.ts';

/** Where the provider leads back to; it must know the address. */
export const OIDC_CALLBACK_PATH = `${OIDC_PATH}/callback`;

/** Where a sign-in leads, always: an address that the request names would be an open redirect. */
const HOME = '/';

type Handler = (exchange: Exchange) => Promise<void>;

/** Sign-in with the OpenID provider: the way there, and the way back. */
export function oidcHandlers(
  services: ServerServices,
  settings: OidcConfig,
): { readonly begin: Handler; readonly finish: Handler } {
  const provider = new OidcProvider(settings, services);
  const seal = new FlowSeal(settings.clientSecret, `keywright ${settings.issuer} ${settings.clientId}`);
  const callbackUrl = `${services.publicUrl}${OIDC_CALLBACK_PATH}`;

  const { protocol, hostname } = new URL(settings.issuer);
  if (protocol === 'http:' && !isLoopback(hostname))
    services.log.warn('OIDC_ISSUER is plain http: anybody on the way to it can sign in as anybody');

  const begin: Handler = async (exchange) => {
    const { request, response } = exchange;
    // Nobody is signed in, or out of what they were in, by another site's page: ours asks first.
    if (isFromElsewhere(request)) return redirect(exchange, '/sign-in');
    const flow = newFlow(sessionHash(request), services.clock.now());
    const url = await provider.authorizationUrl(flow, callbackUrl);
    const cookie = flowCookie(await seal.seal(flow), FLOW_MS / 1000, services.publicUrl);
    response.setHeader('Set-Cookie', cookie);
    leadTo(exchange, url);
  };

  const finish: Handler = async (exchange) => {
    const { request, response, id, query } = exchange;
    // Whatever comes of it: an answer of the provider is for one try.
    const spent = flowCookie(null, 0, services.publicUrl);
    response.setHeader('Set-Cookie', spent);
    if (request.method !== 'GET') throw new OidcFault('failed', 'the answer came by another method than GET');
    const flow = await flowOf(request);
    const claims = await provider.claimsOf(new URL(`${callbackUrl}?${query}`), flow);
    const ip = clientAddress(request, services.config.trustedProxies);
    const facts = { id, ip, userAgent: request.headers['user-agent'] ?? null };
    const ctx = { ...services, principal: null, request: facts };
    // A provider on our own site has left the session's cookie with the request; others have not.
    const previous = flow.previous ?? sessionHash(request);
    const { result } = await signInWithProvider(ctx, settings, { claims, flow: { ...flow, previous } });
    exchange.actor = result.user.id;
    const seconds = (result.expiresAt - services.clock.now()) / 1000;
    response.setHeader('Set-Cookie', [
      spent,
      sessionCookie(result.sessionToken, seconds, services.publicUrl),
    ]);
    leadTo(exchange, HOME);
  };

  const flowOf = async (request: IncomingMessage): Promise<OidcFlow> => {
    const [sealed, ...others] = flowCookies(request, services.publicUrl);
    if (sealed === undefined) throw new OidcFault('failed', 'the browser has no cookie of a sign-in');
    if (others.length > 0) throw new OidcFault('failed', 'the browser has more than one cookie of a sign-in');
    const flow = await seal.open(sealed, services.clock.now());
    if (!flow) throw new OidcFault('failed', 'the cookie of the sign-in is not ours, or too old');
    return flow;
  };

  /** Answers with a page where the work comes to nothing. */
  const orPage =
    (work: Handler): Handler =>
    async (exchange) => {
      try {
        await work(exchange);
      } catch (error) {
        const fault = error instanceof OidcFault ? error : null;
        const note = fault ? services.log.warn : services.log.error;
        note('a sign-in with the provider came to nothing', { requestId: exchange.id, error });
        const { status, html } = refusedPage(fault?.kind ?? 'broken', exchange.id);
        respond(exchange, status, 'text/html; charset=utf-8', html, {
          'Cache-Control': 'no-store',
          'Content-Security-Policy': SIGN_IN_POLICY,
        });
      }
    };

  return { begin: orPage(begin), finish: orPage(finish) };
}

/** The hash of the browser's session token, for the session to end once another has begun; null where it has none. */
function sessionHash(request: IncomingMessage): string | null {
  const [token, ...others] = sessionCookies(request);
  if (token === undefined || others.length > 0 || !isToken(SESSION_PREFIX, token)) return null;
  return hashToken(token);
}

/** Whether another site's page led here, as browsers tell (Fetch Metadata). */
function isFromElsewhere(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

function leadTo(exchange: Exchange, address: string): void {
  const headers = { Location: address, 'Cache-Control': 'no-store' };
  respond(exchange, 303, 'text/plain; charset=utf-8', 'See the Location\n', headers);
}
