import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type AuthorizationContext, authorize } from '../access/authorize.ts';
import { readPositions } from '../changes/read-changes.ts';
import { encodeCursor } from './cursor.ts';

/**
 * The cursor of the organization's last change. Everything read afterwards contains the changes up to it. Throws
 * ForbiddenError if the caller lacks `api.key.view`.
 */
export async function currentCursor(
  ctx: AuthorizationContext & { readonly db: Kysely<Tables> },
  organizationId: string,
): Promise<string> {
  authorize(ctx, organizationId, 'api.key.view');
  const positions = await readPositions(ctx.db, [organizationId]);
  return encodeCursor(organizationId, positions.get(organizationId) ?? 0);
}
