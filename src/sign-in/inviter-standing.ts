import type { Kysely } from 'kysely';
import { NEVER, type Tables } from '../../db/tables/tables.ts';
import { missing } from '../access/permissions.ts';
import { idType } from '../core/ids.ts';

const PERMISSION = 'member.manage';

/**
 * Whether the creator of an invitation could create it now: it still exists, and has `member.manage` and every
 * permission of the role. Otherwise, a removed person could come back through an earlier invitation. Null: no creator
 * to check.
 */
export async function mayStillInvite(
  db: Kysely<Tables>,
  inviter: string | null,
  organizationId: string,
  rolePermissions: readonly string[],
): Promise<boolean> {
  if (inviter === null) return true;
  const held = await permissionsOf(db, inviter, organizationId);
  return held !== null && missing(held, [PERMISSION, ...rolePermissions]).length === 0;
}

async function permissionsOf(
  db: Kysely<Tables>,
  inviter: string,
  organizationId: string,
): Promise<readonly string[] | null> {
  switch (idType(inviter)) {
    case 'user':
      return permissionsOfMember(db, inviter, organizationId);
    case 'key':
      return permissionsOfKey(db, inviter, organizationId);
    case 'op':
      return permissionsOfOperator(db, inviter);
    default:
      return null;
  }
}

async function permissionsOfMember(db: Kysely<Tables>, userId: string, organizationId: string) {
  const role = await db
    .selectFrom('memberships')
    .innerJoin('current_roles', 'current_roles.id', 'memberships.role_id')
    .select('current_roles.permissions')
    .where('memberships.user_id', '=', userId)
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.joined_at', 'is not', null)
    .executeTakeFirst();
  return role ? (JSON.parse(role.permissions) as string[]) : null;
}

/** Condition: a key without restrictions. People have none, and a key can't grant more than its own allow. */
async function permissionsOfKey(db: Kysely<Tables>, keyId: string, organizationId: string) {
  const key = await db
    .selectFrom('api_keys')
    .leftJoin('current_roles', 'current_roles.id', 'api_keys.role_id')
    .leftJoin('api_key_teams', 'api_key_teams.api_key_id', 'api_keys.id')
    .select(['api_keys.grants', 'current_roles.permissions'])
    .where('api_keys.id', '=', keyId)
    .where('api_keys.organization_id', '=', organizationId)
    .where('api_keys.revoked_at', 'is', null)
    .where('api_keys.enabled', '=', 1)
    .where('api_keys.environment', '=', 'live')
    .where('api_keys.expires_at', '=', NEVER)
    .where('api_keys.ip_allowlist', '=', '[]')
    .where('api_keys.rate_limit', 'is', null)
    .where('api_key_teams.team_id', 'is', null)
    .executeTakeFirst();
  if (!key) return null;
  return [...(JSON.parse(key.permissions ?? '[]') as string[]), ...(JSON.parse(key.grants) as string[])];
}

async function permissionsOfOperator(db: Kysely<Tables>, tokenId: string) {
  const token = await db
    .selectFrom('operator_tokens')
    .select('id')
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return token ? ['*'] : null;
}
