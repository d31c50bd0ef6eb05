import { refuseOtherTeams } from '../access/key-scope.ts';
import type { PermittedChange } from '../command.ts';
import { type ApiKey, statusOf } from './api-key.ts';
import { teamIdsOfKeys } from './key-teams.ts';
import type { KeysContext } from './pending-usage.ts';
import { requireApiKeys } from './require-api-key.ts';

/**
 * Revokes keys with all their secrets, within a change that has locked their organizations. Keys that are already revoked
 * stay as they are; only their propagation is awaited again. Rejects with NotFoundError, or with ForbiddenError if one is
 * bound to teams outside the caller's. Returns the keys in the order of `ids`, which has no duplicates.
 */
export async function endApiKeys(
  ctx: KeysContext,
  change: PermittedChange,
  ids: readonly string[],
  reason: string | null,
): Promise<ApiKey[]> {
  const { tx, now, audit, repeat, principal } = change;
  const before = await requireApiKeys(ctx, change, ids);
  refuseOtherTeams(change, 'api.key.delete', await teamIdsOfKeys(tx, ids));
  const pending = before.filter((key) => key.revokedAt === null);
  for (const key of before)
    if (key.revokedAt !== null)
      repeat({ organizationId: key.organizationId, action: 'api_key.revoked', targetId: key.id });
  if (pending.length === 0) return before;
  const pendingIds = pending.map((key) => key.id);
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: now, revoked_by: principal.actor, revocation_reason: reason, updated_at: now })
    .where('id', 'in', pendingIds)
    .execute();
  // Secrets that have already expired or been revoked keep their state.
  await tx
    .updateTable('api_key_secrets')
    .set({ revoked_at: now })
    .where('api_key_id', 'in', pendingIds)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  for (const key of pending) {
    const changes = { status: [statusOf(key, now), 'REVOKED'], reason: [null, reason] } as const;
    audit({ organizationId: key.organizationId, action: 'api_key.revoked', targetId: key.id, changes });
  }
  const ended = { revokedAt: now, revokedBy: principal.actor, revocationReason: reason, updatedAt: now };
  return before.map((key) => (key.revokedAt === null ? { ...key, ...ended } : key));
}
