import type { Principal } from '../access/principal.ts';
import type { Services } from '../context.ts';

/**
 * Whether pages of this web origin may use the caller's credential. An API key: if its organization allows the origin. A
 * session: if all organizations that it gives access to do, or CORS_ORIGINS. An operator token: if CORS_ORIGINS does. Always
 * reads the database, so that a removed origin is rejected at once. Rejects with UnavailableError.
 */
export async function admitsOrigin(
  { db, config }: Pick<Services, 'db' | 'config'>,
  principal: Principal,
  origin: string,
): Promise<boolean> {
  if (principal.kind !== 'key' && config.corsOrigins.includes(origin)) return true;
  const ids = 'organizationIds' in principal ? principal.organizationIds : [];
  if (ids.length === 0) return false;
  const allowing = await db
    .selectFrom('allowed_origins')
    .select('organization_id')
    .where('origin', '=', origin)
    .where('organization_id', 'in', ids)
    .execute();
  return allowing.length === ids.length;
}
