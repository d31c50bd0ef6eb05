import { command, type Outcome, type PermittedChange } from '../command.ts';
import { Input } from '../core/input.ts';
import { organizationById } from '../organizations/organization.ts';
import { requireTeams } from '../teams/require-teams.ts';
import type { ApiKey } from './api-key.ts';
import { bindToTeams } from './key-teams.ts';
import { locateApiKey } from './locate-api-key.ts';
import { searchText, startsOfKey } from './new-secret.ts';
import type { KeysContext } from './pending-usage.ts';
import { type PlannedUpdate, planUpdates } from './policy/plan-updates.ts';
import { type KeyPolicy, policyColumns } from './policy/policy.ts';
import { type PolicyInput, readPolicy } from './policy/read-policy.ts';
import { requireApiKey } from './require-api-key.ts';

/** Changes of a key: omitted fields keep their value, null clears it. */
export interface UpdateApiKeyInput extends PolicyInput {
  readonly id: string;
}

const PERMISSION = 'api.key.update';

/**
 * Changes a key, but never its secrets. If nothing differs, nothing is recorded. Requires `api.key.update` and every
 * permission of the key, before and after. A calling key can't update itself, or keys that are less restricted than
 * itself before or after. Rejects with ValidationError, NotFoundError (key, role or team), ConflictError (revoked),
 * EscalationError, or LimitExceededError if the key would become active again.
 */
export async function updateApiKey(ctx: KeysContext, params: UpdateApiKeyInput): Promise<Outcome<ApiKey>> {
  const { organizationId } = await locateApiKey(ctx, params.id, PERMISSION);
  const { permissionCatalog: catalog } = await organizationById(ctx.db, organizationId);
  const input = new Input();
  const policy = readPolicy(input, params, { now: ctx.clock.now(), catalog });
  input.checkForm();
  return command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    applyPolicy(ctx, change, params.id, policy, input),
  );
}

async function applyPolicy(
  ctx: KeysContext,
  change: PermittedChange,
  id: string,
  params: Partial<KeyPolicy>,
  input: Input,
): Promise<ApiKey> {
  const { tx, now } = change;
  const key = await requireApiKey(ctx, change, id);
  const { organizationId } = key;
  input.checkChanged([key.name, key.description, key.externalId]);
  const [{ after, changes }] = (await planUpdates(change, [key], params)) as [PlannedUpdate];
  if (params.teamIds) await requireTeams(tx, organizationId, after.teamIds);
  if (Object.keys(changes).length === 0) return key;

  const starts = await startsOfKey(tx, id, now);
  await tx
    .updateTable('api_keys')
    .set({
      ...policyColumns(after),
      // A changed expiry must be recorded again.
      ...(changes.expiresAt ? { expiry_recorded_at: null } : {}),
      search_text: searchText({ id, ...after }, starts),
      updated_at: now,
    })
    .where('id', '=', id)
    .execute();
  if (changes.teamIds) await bindToTeams(tx, id, after.teamIds);
  change.audit({ organizationId, action: 'api_key.updated', targetId: id, changes });
  return requireApiKey(ctx, change, id);
}
