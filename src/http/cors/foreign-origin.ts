import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../access/principal.ts';
import type { Services } from '../../context.ts';
import { Refusal } from '../../core/refusal.ts';
import { admitsOrigin } from '../../organizations/admits-origin.ts';
import { isFromOtherOrigin } from '../auth/session-cookie.ts';

/**
 * The origin of the page that sent a request, if it isn't a page of this server, as the browser wrote it. Null for
 * programs, which send none, and for pages at another address of this server: only browsers set Sec-Fetch-Site, and not
 * over http for a name that an attacker has pointed here.
 */
export function foreignOrigin(request: IncomingMessage, publicUrl: string): string | null {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined || !isFromOtherOrigin(request, publicUrl) || site === 'same-origin') return null;
  return origin;
}

/** The refusal if pages of the origin can't use the caller's credential, otherwise null. Rejects with UnavailableError. */
export async function originRefusal(
  services: Pick<Services, 'db' | 'config'>,
  principal: Principal,
  origin: string | null,
): Promise<Refusal | null> {
  if (origin === null || (await admitsOrigin(services, principal, origin))) return null;
  const where =
    principal.kind === 'key'
      ? 'the allowed origins of its organization'
      : 'CORS_ORIGINS or the allowed origins of all its organizations';
  return new Refusal(
    403,
    'FORBIDDEN',
    `This credential can't be used by pages of this origin: add it to ${where}`,
  );
}

/** The caller. Rejects with a Refusal if pages of the origin can't use its credential. */
export async function requireOrigin(
  services: Pick<Services, 'db' | 'config'>,
  principal: Principal,
  origin: string | null,
): Promise<Principal> {
  const refusal = await originRefusal(services, principal, origin);
  if (refusal) throw refusal;
  return principal;
}
