import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access/principal.ts';
import type { Services } from '../context.ts';
import { authenticateKey } from '../keys/authenticate.ts';
import { authenticateOperatorToken } from '../sessions/authenticate-operator-token.ts';
import { authenticateSession } from '../sessions/authenticate-session.ts';
import { type Credential, readCredential } from './credentials.ts';
import { invalidCredential, Refusal } from './refusal.ts';
import { sessionCookie } from './session-cookie.ts';
import { failedCredential } from './too-many-failures.ts';

/**
 * Who is asking: null where the request carries no credential. Rejects with a Refusal where it carries one that is not
 * accepted: 400 or 401, or 429 where too many were not accepted from this address. A cookie among those is taken back,
 * since no script can remove it.
 */
export async function authenticate(
  request: IncomingMessage,
  services: Services,
  ip: string | null,
): Promise<Principal | null> {
  const credential = credentialOf(request, services, ip);
  if (!credential) return null;
  const principal = await principalOf(credential, services, ip);
  if (principal) return principal;
  throw failedCredential(
    services,
    ip,
    credential.fromCookie ? ended(services.publicUrl) : invalidCredential(),
  );
}

function credentialOf(request: IncomingMessage, services: Services, ip: string | null): Credential | null {
  try {
    return readCredential(request, services.publicUrl);
  } catch (error) {
    const isFailed = error instanceof Refusal && error.status === 401;
    throw isFailed ? failedCredential(services, ip, error) : error;
  }
}

function ended(publicUrl: string): Refusal {
  return new Refusal(401, 'UNAUTHENTICATED', 'The session has ended', {
    ...invalidCredential().headers,
    'Set-Cookie': sessionCookie(null, 0, publicUrl),
  });
}

/** Who a credential belongs to; null where it is not accepted. */
export function principalOf(
  { kind, token }: Credential,
  services: Services,
  ip: string | null,
): Promise<Principal | null> {
  if (kind === 'session') return authenticateSession(services.db, services.clock, token);
  if (kind === 'operator') return authenticateOperatorToken(services.db, token);
  return authenticateKey(services, token, ip);
}
