import type { Principal } from '../access/principal.ts';
import type { Context } from '../context.ts';
import { idType } from '../core/ids.ts';
import type { Attempt } from './attempt.ts';

/** Tables of the objects that mutations name. */
const TABLES = { key: 'api_keys', role: 'current_roles', team: 'teams', mem: 'memberships' } as const;

/** The caller's organization, if it can only have one. Otherwise null. */
export function onlyOrganization(principal: Principal): string | null {
  if (!('organizationIds' in principal)) return null;
  const [only = null, ...others] = principal.organizationIds;
  return others.length === 0 ? only : null;
}

/**
 * The organization whose log records the attempt, and its target there: never an organization that the caller doesn't
 * belong to, and never a target of another one. Null if the organization can't be determined.
 */
export async function placeOf(
  ctx: Context,
  attempt: Attempt,
): Promise<{ organizationId: string; targetId: string } | null> {
  const { principal } = ctx;
  if (!principal) return null;
  const owner = attempt.targetId === null ? null : await organizationOf(ctx, attempt.targetId);
  if (owner !== null && principal.isOf(owner))
    return { organizationId: owner, targetId: attempt.targetId ?? '' };
  const named = attempt.organizationId;
  if (named !== null && idType(named) === 'org' && principal.isOf(named))
    return { organizationId: named, targetId: '' };
  const only = onlyOrganization(principal);
  return only === null ? null : { organizationId: only, targetId: '' };
}

async function organizationOf({ db }: Context, id: string): Promise<string | null> {
  const type = idType(id);
  if (type === 'org') return id;
  if (type === 'sec') {
    const secret = await db
      .selectFrom('api_key_secrets')
      .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
      .select('api_keys.organization_id as owner')
      .where('api_key_secrets.id', '=', id)
      .executeTakeFirst();
    return secret?.owner ?? null;
  }
  const table = type && type in TABLES ? TABLES[type as keyof typeof TABLES] : null;
  if (!table) return null;
  const row = await db.selectFrom(table).select('organization_id').where('id', '=', id).executeTakeFirst();
  return row?.organization_id ?? null;
}
