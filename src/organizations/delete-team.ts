import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import { locate } from './locate.ts';
import { loadTeams } from './team.ts';

/** Which team to delete. */
export interface DeleteTeamInput {
  readonly id: string;
}

const PERMISSION = 'team.manage';

/**
 * Deletes a team and returns its id; its members stay members of the organization. The caller needs `team.manage`.
 * Rejects with NotFoundError, or with ConflictError while unrevoked keys are bound to it: one that lost its last team
 * would be accepted for every team.
 */
export async function deleteTeam(ctx: Context, { id }: DeleteTeamInput): Promise<Outcome<string>> {
  const organizationId = await locate(ctx, 'team', id, PERMISSION);
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
    const [team] = await loadTeams(tx, [id]);
    if (!team) throw new NotFoundError(id, 'team');
    if (await hasKeys(tx, id)) throw new ConflictError('The team is in use: API keys are bound to it');
    // Its members and revoked keys are unbound by the foreign keys.
    await tx.deleteFrom('teams').where('id', '=', id).execute();
    audit({ organizationId, action: 'team.deleted', targetId: id, changes: { name: [team.name, null] } });
    return id;
  });
}

async function hasKeys(db: Kysely<Tables>, teamId: string): Promise<boolean> {
  const bound = await db
    .selectFrom('api_key_teams')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_teams.api_key_id')
    .select('api_keys.id')
    .where('api_key_teams.team_id', '=', teamId)
    .where('api_keys.revoked_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return bound !== undefined;
}
