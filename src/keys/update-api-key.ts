import { refuseEscalation } from '../access/escalation.ts';
import { command, type Outcome, type PermittedChange } from '../command.ts';
import { ConflictError, EscalationError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { organizationById } from '../organizations/organization.ts';
import { requireTeams } from '../teams/require-teams.ts';
import { type ApiKey, statusOf } from './api-key.ts';
import { bindToTeams, teamIdsOfKeys } from './key-teams.ts';
import { locateApiKey } from './locate-api-key.ts';
import { searchText, startsOfKey } from './new-secret.ts';
import type { KeysContext } from './pending-usage.ts';
import { assertKeyQuota } from './policy/assert-key-quota.ts';
import { permissionsInForce } from './policy/permissions-in-force.ts';
import { type KeyPolicy, limitsOf, policyChanges, policyColumns } from './policy/policy.ts';
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
  const { tx, now, principal } = change;
  const key = await requireApiKey(ctx, change, id);
  const { organizationId } = key;
  input.checkChanged([key.name, key.description, key.externalId]);
  if (key.revokedAt !== null) throw new ConflictError('REVOKED', "A revoked API key can't be updated");
  const before: KeyPolicy = { ...key, teamIds: await teamIdsOfKeys(tx, [id]) };
  const after: KeyPolicy = { ...before, ...params };

  if (principal.kind === 'key' && principal.keyId === id)
    throw new EscalationError([], "An API key can't update itself", ['SELF']);
  for (const state of [before, after]) {
    const permissions = await permissionsInForce(tx, organizationId, state);
    refuseEscalation(principal, organizationId, permissions, [limitsOf(state, key.environment)]);
  }
  if (params.teamIds) await requireTeams(tx, organizationId, after.teamIds);
  const changes = policyChanges(before, after);
  if (Object.keys(changes).length === 0) return key;
  const wasActive = statusOf(key, now) === 'ACTIVE';
  const becomesActive = statusOf({ ...after, revokedAt: null }, now) === 'ACTIVE';
  if (becomesActive && !wasActive)
    await assertKeyQuota(change, await organizationById(tx, organizationId), now);

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
