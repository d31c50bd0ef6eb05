import { refuseEscalation } from '../../access/escalation.ts';
import type { Changes } from '../../changes/events.ts';
import type { PermittedChange } from '../../command.ts';
import { ConflictError, EscalationError } from '../../core/errors.ts';
import { organizationById } from '../../organizations/organization.ts';
import { type ApiKey, statusOf } from '../api-key.ts';
import { teamIdsByKey } from '../key-teams.ts';
import { assertKeyQuota } from './assert-key-quota.ts';
import { permissionsInForce } from './permissions-in-force.ts';
import { type KeyPolicy, limitsOf, policyChanges } from './policy.ts';

/** An allowed update of a key. */
export interface PlannedUpdate {
  readonly key: ApiKey;
  readonly before: KeyPolicy;
  readonly after: KeyPolicy;
  /** Empty: nothing differs. */
  readonly changes: Changes;
}

/**
 * Checks whether the caller may update these keys, which the change has loaded, in this way: all of them or none. Nothing
 * is written, and the propagation of an update that changes nothing is awaited again, because it may repeat an update
 * whose response was lost. Rejects with ConflictError (revoked), EscalationError, NotFoundError (role), or
 * LimitExceededError if keys would become active again.
 */
export async function planUpdates(
  change: PermittedChange,
  keys: readonly ApiKey[],
  params: Partial<KeyPolicy>,
): Promise<PlannedUpdate[]> {
  const { tx, principal, repeat } = change;
  const revoked = keys.find((key) => key.revokedAt !== null);
  if (revoked)
    throw new ConflictError(
      'REVOKED',
      `A revoked API key can't be updated${keys.length > 1 ? `: ${revoked.id}` : ''}`,
    );
  if (principal.kind === 'key' && keys.some(({ id }) => id === principal.keyId))
    throw new EscalationError([], "An API key can't update itself", ['SELF']);
  const teams = await teamIdsByKey(
    tx,
    keys.map(({ id }) => id),
  );
  const updates = keys.map((key): PlannedUpdate => {
    const before = { ...key, teamIds: teams.get(key.id) ?? [] };
    const after = { ...before, ...params };
    return { key, before, after, changes: policyChanges(before, after) };
  });
  for (const organizationId of new Set(keys.map((key) => key.organizationId)))
    await refuseUpdates(
      change,
      organizationId,
      updates.filter(({ key }) => key.organizationId === organizationId),
    );
  for (const { key, changes } of updates)
    if (Object.keys(changes).length === 0)
      repeat({ organizationId: key.organizationId, action: 'api_key.updated', targetId: key.id });
  return updates;
}

async function refuseUpdates(
  change: PermittedChange,
  organizationId: string,
  updates: readonly PlannedUpdate[],
): Promise<void> {
  const { tx, now, principal } = change;
  const states = updates.flatMap(({ before, after }) => [before, after]);
  const permissions = await permissionsInForce(tx, organizationId, states);
  await refuseEscalation(principal, organizationId, permissions, limitsOfAll(updates));
  const activated = updates.filter(
    ({ key, after }) =>
      statusOf(key, now) !== 'ACTIVE' && statusOf({ ...after, revokedAt: null }, now) === 'ACTIVE',
  );
  if (activated.length > 0)
    await assertKeyQuota(change, await organizationById(tx, organizationId), now, activated.length);
}

function* limitsOfAll(updates: readonly PlannedUpdate[]) {
  for (const { key, before, after, changes } of updates) {
    yield limitsOf(before, key.environment);
    if (Object.keys(changes).length > 0) yield limitsOf(after, key.environment);
  }
}
