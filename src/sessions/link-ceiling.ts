import { sql, type Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { missing } from '../access/permissions.ts';
import type { Change } from '../command.ts';

/*
 * The creator of an invitation sees its link and could open it. The link, and every session started with it, are
 * therefore limited to what the creator could grant: if the membership gains more, they are revoked.
 */

/** Memberships whose permissions change together. */
export type ChangedMemberships = { readonly membershipId: string } | { readonly roleId: string };

/**
 * Whether a membership with these permissions exceeds a stored ceiling. A ceiling that was not recorded limits nothing.
 */
export function isOutgrown(ceiling: string | null, permissions: readonly string[]): boolean {
  return ceiling !== null && missing(JSON.parse(ceiling) as string[], permissions).length > 0;
}

/**
 * Revokes the links and sessions of these memberships whose ceiling is missing or doesn't cover their permissions after
 * a change. The caller has locked the organization.
 */
export async function endOutgrownLinks(
  { tx, audit }: Change,
  organizationId: string,
  which: ChangedMemberships,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
): Promise<void> {
  // A ceiling covers the previous permissions of the membership.
  if (missing(before, after).length === 0) return;
  const ceilings = await ceilingsOf(tx, organizationId, which);
  const outgrown = ceilings.filter((ceiling) => ceiling === null || isOutgrown(ceiling, after));
  if (outgrown.length === 0) return;
  const users = usersOf(tx, organizationId, which);
  const isAmongThem = sql<boolean>`coalesce(ceiling, '') in (${sql.join(outgrown.map((one) => one ?? ''))})`;
  await tx
    .deleteFrom('sign_in_tokens')
    .where('limited_to', '=', organizationId)
    .where('user_id', 'in', users)
    .where(isAmongThem)
    .execute();
  const ended = await tx
    .deleteFrom('sessions')
    .where('limited_to', '=', organizationId)
    .where('user_id', 'in', users)
    .where(isAmongThem)
    .returning('id')
    .execute();
  for (const { id } of ended) audit({ organizationId, action: 'session.ended', targetId: id, changes: {} });
}

/** The different ceilings of links and sessions that a member or a key has created. */
async function ceilingsOf(
  tx: Transaction<Tables>,
  organizationId: string,
  which: ChangedMemberships,
): Promise<(string | null)[]> {
  const users = usersOf(tx, organizationId, which);
  const rows = await tx
    .selectFrom('sign_in_tokens')
    .select('ceiling')
    .where('limited_to', '=', organizationId)
    .where('user_id', 'in', users)
    .union(
      tx
        .selectFrom('sessions')
        .select('ceiling')
        .where('limited_to', '=', organizationId)
        .where('user_id', 'in', users),
    )
    .execute();
  return rows.map((row) => row.ceiling);
}

function usersOf(tx: Transaction<Tables>, organizationId: string, which: ChangedMemberships) {
  const members = tx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId);
  return 'roleId' in which
    ? members.where('role_id', '=', which.roleId)
    : members.where('id', '=', which.membershipId);
}
