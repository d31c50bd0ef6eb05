import type { IncomingMessage } from 'node:http';
import { isLoopback, type OidcConfig } from '../../core/config/oidc-config.ts';
import { UnavailableError } from '../../core/errors.ts';
import type { ServerServices } from '../../graphql/context.ts';
import { OidcFault } from '../../oidc/oidc-fault.ts';
import { FlowSeal, newFlow } from '../../oidc/oidc-flow.ts';
import { OidcProvider } from '../../oidc/oidc-provider.ts';
import { signInWithProvider } from '../../oidc/sign-in-with-provider.ts';
import { hashToken } from '../../sessions/tokens.ts';
import { sessionCookies, sessionTokens } from '../auth/session-cookie.ts';
import { countFailure } from '../auth/too-many-failures.ts';
import { clientAddress } from '../client-address.ts';
import { type Exchange, redirect, respond } from '../exchange.ts';
import { FlowCookies } from './oidc-cookie.ts';
import { refusedPage } from './oidc-page.ts';
import { OIDC_PATH, SIGN_IN_POLICY } from './sign-in-page.ts';

/** Redirect URI, which must be registered with the provider. */
export const OIDC_CALLBACK_PATH = `${OIDC_PATH}/callback`;

/** Where every sign-in leads. An address from the request would be an open redirect. */
const HOME = '/';

type Handler = (exchange: Exchange) => Promise<void>;

/** Sign-in with the OpenID provider: the redirect to the provider, and its response. */
export function oidcHandlers(
  services: ServerServices,
  settings: OidcConfig,
): { readonly begin: Handler; readonly finish: Handler } {
  const provider = new OidcProvider(settings, services);
  const seal = new FlowSeal(settings.clientSecret, `keywright ${settings.issuer} ${settings.clientId}`);
  const cookies = new FlowCookies(() => services.publicUrl, seal);
  const callbackUrl = `${services.publicUrl}${OIDC_CALLBACK_PATH}`;

  const { protocol, hostname } = new URL(settings.issuer);
  if (protocol === 'http:' && !isLoopback(hostname))
    services.log.warn('OIDC_ISSUER uses http: anyone on the network path to it can sign in as any user');

  const begin: Handler = async (exchange) => {
    const { request, response } = exchange;
    // Another site's page must not sign anyone in, or out of another account: our own page asks first.
    if (isFromElsewhere(request)) return redirect(exchange, '/sign-in');
    const now = services.clock.now();
    const flow = newFlow(sessionHash(request, services.publicUrl), now);
    const url = await provider.authorizationUrl(flow, callbackUrl);
    response.setHeader('Set-Cookie', await cookies.begin(request, flow, now));
    leadTo(exchange, url);
  };

  const finish: Handler = async (exchange) => {
    const { request, response, id, query } = exchange;
    const [state, ...others] = new URLSearchParams(query).getAll('state');
    if (!state || others.length > 0)
      throw new OidcFault('failed', 'the response has no state, or more than one');
    // Whatever the result: a response of the provider is valid for one attempt.
    const spent = cookies.end(state);
    response.setHeader('Set-Cookie', spent);
    if (request.method !== 'GET') throw new OidcFault('failed', 'the response was not sent with GET');
    const flow = await cookies.find(request, state, services.clock.now());
    if (!flow)
      throw new OidcFault(
        'failed',
        'the browser has no sign-in with this state in progress, or it has expired',
      );
    const claims = await provider.claimsOf(new URL(`${callbackUrl}?${query}`), flow);
    const ip = clientAddress(request, services.config.trustedProxies);
    const client = { id, ip, userAgent: request.headers['user-agent'] ?? null };
    const ctx = { ...services, principal: null, client };
    // With a provider on our own site, the browser sends the session cookie with this request; with others it doesn't.
    const previous = flow.previous ?? sessionHash(request, services.publicUrl);
    const { result } = await signInWithProvider(ctx, settings, { claims, flow: { ...flow, previous } });
    exchange.actor = result.user.id;
    const seconds = (result.expiresAt - services.clock.now()) / 1000;
    const session = { token: result.sessionToken, seconds };
    response.setHeader('Set-Cookie', [spent, ...sessionCookies(request, services.publicUrl, session)]);
    leadTo(exchange, HOME);
  };

  /** Responds with a page if the work fails. */
  const orPage =
    (work: Handler, { counted }: { readonly counted: boolean }): Handler =>
    async (exchange) => {
      try {
        await work(exchange);
      } catch (error) {
        const fault = error instanceof OidcFault ? error : null;
        const outage = error instanceof UnavailableError ? error : null;
        const note = fault || outage ? services.log.warn : services.log.error;
        note('A sign-in with the provider failed', { requestId: exchange.id, error });
        const isFailure = counted && fault !== null && fault.kind !== 'unavailable';
        const ip = clientAddress(exchange.request, services.config.trustedProxies);
        const limited = isFailure ? countFailure(services, ip) : null;
        const kind = limited ? 'limited' : outage ? 'outage' : (fault?.kind ?? 'broken');
        const { status, html } = refusedPage(kind, exchange.id);
        respond(exchange, status, 'text/html; charset=utf-8', html, {
          'Cache-Control': 'no-store',
          'Content-Security-Policy': SIGN_IN_POLICY,
          ...limited,
          ...(outage && { 'Retry-After': String(outage.retryAfterSeconds) }),
        });
      }
    };

  return { begin: orPage(begin, { counted: false }), finish: orPage(finish, { counted: true }) };
}

/** Hash of the browser's session token: the session is revoked once another has started. Null: none. */
function sessionHash(request: IncomingMessage, publicUrl: string): string | null {
  const [token, ...others] = sessionTokens(request, publicUrl);
  return token === undefined || others.length > 0 ? null : hashToken(token);
}

/** Whether another site's page led here, as reported by the browser (Fetch Metadata). */
function isFromElsewhere(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

function leadTo(exchange: Exchange, address: string): void {
  const headers = { Location: address, 'Cache-Control': 'no-store' };
  respond(exchange, 303, 'text/plain; charset=utf-8', 'See the Location\n', headers);
}
