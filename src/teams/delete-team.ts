import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { inBatches } from '../core/paced.ts';
import { locate } from '../organizations/locate.ts';
import { requireTeam } from './team.ts';

/** The team to delete. */
export interface DeleteTeamInput {
  readonly id: string;
}

const PERMISSION = 'team.manage';

/** Maximum number of revoked keys unbound in one transaction. */
const UNBOUND_AT_ONCE = { min: 200, max: 1_000 } as const;

/** Recorded in the audit log if more keys are unbound than fit into one transaction. */
const REVOKED_KEYS_LOSE_IT = { revokedApiKeys: ['bound', null] } as const;

/**
 * Deletes a team and returns its id. Its members stay in the organization. Requires `team.manage`. Rejects with
 * NotFoundError, or with ConflictError while unrevoked keys are bound to it: a key that lost its last team would be
 * accepted for every team. Many revoked keys are unbound in batches first, after an audit entry of their own; they stay
 * unbound if the deletion is then rejected because a key was bound in the meantime.
 */
export async function deleteTeam(ctx: Context, { id }: DeleteTeamInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'team', id, PERMISSION);
  await refuseUsed(await ctx.scans.reader(ctx.db, 'api_keys', organizationId), id);
  if (await hasManyKeys(ctx.db, id)) {
    await command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
      await requireTeam(tx, id);
      audit({ organizationId, action: 'team.updated', targetId: id, changes: REVOKED_KEYS_LOSE_IT });
    });
    await unbindRevokedKeys(ctx, id);
  }
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
    const { name } = await requireTeam(tx, id);
    // Few keys are still bound to it, so the transaction can read them on the request connection.
    await refuseUsed(tx, id);
    // Foreign keys delete its memberships.
    await tx.deleteFrom('teams').where('id', '=', id).execute();
    audit({ organizationId, action: 'team.deleted', targetId: id, changes: { name: [name, null] } });
    return id;
  });
}

/** Whether more keys are bound to it than the deleting transaction unbinds. */
async function hasManyKeys(db: Kysely<Tables>, id: string): Promise<boolean> {
  const found = await db
    .selectFrom('api_key_teams')
    .select('api_key_id')
    .where('team_id', '=', id)
    .orderBy('api_key_id')
    .offset(UNBOUND_AT_ONCE.max)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

async function unbindRevokedKeys({ db, unhurried }: Context, teamId: string): Promise<void> {
  // Continues where the last batch ended: unbound rows may stay in the index for a while.
  let last = '';
  await inBatches(UNBOUND_AT_ONCE, async (size) => {
    const bound = await db
      .selectFrom('api_key_teams')
      .select('api_key_id as id')
      .where('team_id', '=', teamId)
      .where('api_key_id', '>', last)
      .orderBy('api_key_id')
      .limit(size)
      .execute();
    const ids = bound.map(({ id }) => id);
    if (ids.length > 0) {
      // Selects by id: with a join, PostgreSQL would read all keys for each batch.
      const revoked = await db
        .selectFrom('api_keys')
        .select('id')
        .where('id', 'in', ids)
        .where(sql<SqlBool>`(revoked_at is not null) is true`)
        .execute();
      await unhurried
        .deleteFrom('api_key_teams')
        .where('team_id', '=', teamId)
        .where('api_key_id', 'in', ['', ...revoked.map(({ id }) => id)])
        .execute();
    }
    last = ids.at(-1) ?? last;
    return ids.length;
  });
}

async function refuseUsed(db: Kysely<Tables>, teamId: string): Promise<void> {
  const bound = await db
    .selectFrom('api_key_teams')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_teams.api_key_id')
    .select('api_keys.id')
    .where('api_key_teams.team_id', '=', teamId)
    .where('api_keys.revoked_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (bound) throw new ConflictError('IN_USE', 'The team is in use by API keys');
}
