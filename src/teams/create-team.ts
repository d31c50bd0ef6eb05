import { authorize, authorizeSomewhere, command, type Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { foldName, Input } from '../core/input.ts';
import { resolveOrganizationId } from '../organizations/resolve-organization.ts';
import type { Team } from './team.ts';

/** Input for a new team. */
export interface CreateTeamInput {
  readonly organizationId?: string | null | undefined;
  readonly name: string;
}

const PERMISSION = 'team.manage';

/**
 * Creates a team. Requires `team.manage`. Rejects with ValidationError, NotFoundError (the organization), or
 * ConflictError if the organization has a team with this name, case-insensitive.
 */
export async function createTeam(ctx: Context, params: CreateTeamInput): Promise<Outcome<Team>> {
  authorizeSomewhere(ctx, PERMISSION);
  const organizationId = resolveOrganizationId(ctx, params.organizationId);
  authorize(ctx, organizationId, PERMISSION);
  const input = new Input();
  const name = input.name(['input', 'name'], params.name);
  input.check();
  return command(ctx, { organizationId, permission: PERMISSION }, async ({ tx, now, audit }) => {
    const team: Team = { id: newId('team'), organizationId, name, createdAt: now };
    const inserted = await tx
      .insertInto('teams')
      .values({
        id: team.id,
        organization_id: organizationId,
        name,
        name_key: foldName(name),
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['organization_id', 'name_key']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!inserted) throw new ConflictError('NAME_TAKEN', 'A team with this name already exists');
    audit({ organizationId, action: 'team.created', targetId: team.id, changes: { name: [null, name] } });
    return team;
  });
}
