import { command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { foldName, Input } from '../core/input.ts';
import { difference } from '../organizations/difference.ts';
import { locate } from '../organizations/locate.ts';
import { isNameTaken } from '../organizations/name-taken.ts';
import { requireTeam, type Team } from './team.ts';

/** Changes to apply. Undefined fields keep their value. */
export interface UpdateTeamInput {
  readonly id: string;
  readonly name?: string | null | undefined;
}

const PERMISSION = 'team.manage';

/**
 * Renames a team. Requires `team.manage`. Rejects with ValidationError, NotFoundError, or ConflictError for a name that
 * is taken. If nothing differs, nothing is written.
 */
export async function updateTeam(ctx: Context, params: UpdateTeamInput): Promise<Outcome<Team>> {
  const { id } = params;
  const organizationId = await locate(ctx, 'team', id, PERMISSION);
  const input = new Input();
  const provided = params.name === undefined ? {} : { name: input.name(['input', 'name'], params.name) };
  input.checkForm();
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, audit }) => {
    const before = await requireTeam(tx, id);
    input.checkChanged([before.name]);
    const after: Team = { ...before, ...provided };
    const changes = difference(before, after, ['name']);
    if (Object.keys(changes).length === 0) return before;
    if (await isNameTaken(tx, 'teams', after))
      throw new ConflictError('NAME_TAKEN', 'A team with this name already exists');
    await tx
      .updateTable('teams')
      .set({ name: after.name, name_key: foldName(after.name) })
      .where('id', '=', id)
      .execute();
    audit({ organizationId, action: 'team.updated', targetId: id, changes });
    return after;
  });
}
