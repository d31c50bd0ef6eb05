import type { Action } from '../changes/events.ts';
import { positionOf } from '../changes/read-changes.ts';
import type { Services } from '../context.ts';
import { inBatches } from '../core/paced.ts';

const DAY_MS = 86_400_000;

/** Maximum number of entries removed in one batch. */
const BATCH = { min: 100, max: 1_000 } as const;

/**
 * These record who was removed from an organization. Removed people can't rejoin until they are invited again, at any
 * time later.
 */
const KEPT: Action = 'member.removed';

/**
 * Removes entries past the retention period, oldest first, until `stopped`. Keeps removals of members, and the last
 * entry of each organization, which validates cursors. Resolves with the number of removed entries; 0 if there is no
 * retention period.
 */
export async function pruneAuditLog(
  { db, unhurried, clock, config }: Pick<Services, 'db' | 'unhurried' | 'clock' | 'config'>,
  stopped?: () => boolean,
): Promise<number> {
  if (config.auditRetentionDays === null) return 0;
  const before = clock.now() - config.auditRetentionDays * DAY_MS;
  // Reads entries that are never removed once instead of with each batch.
  let from = Number.MIN_SAFE_INTEGER;
  return inBatches({ ...BATCH, stopped }, async (size) => {
    const old = await db
      .selectFrom('audit_log')
      .select(['id', 'occurred_at'])
      .where('occurred_at', '>=', from)
      .where('occurred_at', '<', before)
      .where('action', '!=', KEPT)
      .where('sequence', '<', positionOf('audit_log.organization_id'))
      .orderBy('occurred_at')
      .orderBy('sequence')
      .limit(size)
      .execute();
    from = old.at(-1)?.occurred_at ?? from;
    if (old.length > 0) {
      const ids = old.map(({ id }) => id);
      await unhurried.deleteFrom('audit_log').where('id', 'in', ids).execute();
    }
    return old.length;
  });
}
