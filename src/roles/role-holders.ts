import type { Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type KeyLimits, UNRESTRICTED } from '../access/key-limits.ts';
import type { OidcConfig } from '../core/config/oidc-config.ts';
import { storedNetwork } from '../core/ip.ts';
import { isAdmittingRole } from './admitting-role.ts';
import { type Role, roleHasMembers } from './role.ts';

/**
 * The restrictions of those who get a role's permissions: its members and unrevoked keys, and people who get it when
 * they first sign in, to be iterated over once. Keys with equal restrictions count once. Their teams are ignored, because a team-bound key can't
 * change roles.
 */
export async function roleHolders(
  tx: Transaction<Tables>,
  role: Role,
  oidc: OidcConfig | null,
): Promise<Iterable<KeyLimits>> {
  const people =
    (await roleHasMembers(tx, role.id)) || (await isAdmittingRole(tx, role, oidc?.admission ?? null));
  const keys = await tx
    .selectFrom('api_keys')
    .select(['environment', 'ip_allowlist', 'rate_limit', 'rate_window_seconds'])
    .select((eb) => eb.fn.max('expires_at').as('expires_at'))
    .where('role_id', '=', role.id)
    .where('revoked_at', 'is', null)
    .groupBy(['environment', 'ip_allowlist', 'rate_limit', 'rate_window_seconds'])
    .execute();
  return (function* () {
    if (people) yield UNRESTRICTED;
    for (const { rate_limit: limit, rate_window_seconds: windowSeconds, ...key } of keys)
      yield {
        environment: key.environment,
        expiresAt: Number(key.expires_at),
        allowlist: (JSON.parse(key.ip_allowlist) as string[]).map(storedNetwork),
        rateLimit: limit === null || windowSeconds === null ? null : { limit, windowSeconds },
        teamIds: [],
      };
  })();
}
