import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../access/principal.ts';
import { invalidCredential, Refusal } from '../../core/refusal.ts';
import { authenticateOperatorToken } from '../../operator-tokens/authenticate-operator-token.ts';
import { authenticateSession } from '../../sessions/authenticate-session.ts';
import { authenticateKey } from '../../verification-host/authenticate.ts';
import type { VerificationServices } from '../../verification-host/context.ts';
import { findCookieSessions } from './cookie-caller.ts';
import { type Credential, headerCredentials, requireSingleCredential } from './credentials.ts';
import { endUselessCookies, isFromOtherOrigin, isFromOwnPage, sessionTokens } from './session-cookie.ts';
import { failedCredential } from './too-many-failures.ts';

/**
 * The caller, or null if the request has no credential. A credential in a header takes precedence over cookies. Rejects
 * with a Refusal if it is invalid: 400 or 401, or 429 after too many failures from this address. The cookie of an
 * invalid session is ignored and deleted with `setCookies`, because scripts can't do so.
 */
export async function authenticate(
  request: IncomingMessage,
  services: VerificationServices,
  ip: string | null,
  setCookies: (values: string[]) => void = () => {},
): Promise<Principal | null> {
  const explicit = () => requireSingleCredential(headerCredentials(request));
  const principal = await authenticateExplicit(explicit, services, ip);
  return principal ?? authenticateCookie(request, services, ip, setCookies);
}

/**
 * The owner of the credential that `read` returns, or null if it returns none. Rejects with a Refusal like
 * `authenticate`.
 */
export async function authenticateExplicit(
  read: () => Credential | null,
  services: VerificationServices,
  ip: string | null,
): Promise<Principal | null> {
  const credential = credentialFrom(read, services, ip);
  const principal = credential && (await principalOf(credential, services, ip));
  if (principal || !credential) return principal;
  throw failedCredential(services, ip, invalidCredential());
}

function credentialFrom(
  read: () => Credential | null,
  services: VerificationServices,
  ip: string | null,
): Credential | null {
  try {
    return read();
  } catch (error) {
    const isFailed = error instanceof Refusal && error.status === 401;
    throw isFailed ? failedCredential(services, ip, error) : error;
  }
}

async function authenticateCookie(
  request: IncomingMessage,
  services: VerificationServices,
  ip: string | null,
  setCookies: (values: string[]) => void,
): Promise<Principal | null> {
  const { publicUrl } = services;
  const elsewhere = whyNotOurs(request, publicUrl);
  if (elsewhere !== null && sessionTokens(request, publicUrl).length > 0)
    throw failedCredential(services, ip, invalidCredential(elsewhere));
  if (elsewhere !== null) return null;
  const { presented, accepted } = await findCookieSessions(request, services);
  const ends = endUselessCookies(request, publicUrl, accepted.length);
  if (ends.length > 0) setCookies(ends);
  const [principal = null] = accepted;
  if (accepted.length > 1) throw ambiguous();
  if (presented === 0 || principal) return principal;
  const failure = failedCredential(services, ip, invalidCredential());
  if (failure.status === 429) throw failure;
  return null;
}

/** Why a cookie may have been sent by another site's page. Null if it can't. */
function whyNotOurs(request: IncomingMessage, publicUrl: string): string | null {
  if (!isFromOwnPage(request)) return 'Session cookies require the header X-Requested-With: keywright';
  if (isFromOtherOrigin(request, publicUrl))
    return `Session cookies are only accepted from pages at ${publicUrl} (PUBLIC_URL)`;
  return null;
}

/** The browser's next request contains only our own cookie. */
function ambiguous(): Refusal {
  const headers = { ...invalidCredential().headers, 'Retry-After': '0' };
  return new Refusal(401, 'UNAUTHENTICATED', 'The request contains cookies of two sessions', headers);
}

/** The owner of a credential. Null if it is not accepted. */
export function principalOf(
  { kind, token }: Credential,
  services: VerificationServices,
  ip: string | null,
): Promise<Principal | null> {
  if (kind === 'session') return authenticateSession(services.db, services.clock, token);
  if (kind === 'operator') return authenticateOperatorToken(services.db, token);
  return authenticateKey(services, token, ip);
}
