import type { Action } from '../changes/events.ts';
import type { Services } from '../context.ts';
import { inBatches } from '../core/paced.ts';

const DAY_MS = 86_400_000;

/** Maximum number of entries removed in one batch. */
const BATCH = { min: 100, max: 1_000 } as const;

/** By these it is known who was removed from an organization: they stay out until invited again, however long ago it was. */
const KEPT: Action = 'member.removed';

/**
 * Removes entries that are older than the operator keeps them, oldest first, until `stopped`; never the last of an
 * organization, by which cursors are judged, nor removals of members. Resolves with how many there were; none where
 * everything is kept.
 */
export async function pruneAuditLog(
  { db, unhurried, clock, config }: Pick<Services, 'db' | 'unhurried' | 'clock' | 'config'>,
  stopped?: () => boolean,
): Promise<number> {
  if (config.auditRetentionDays === null) return 0;
  const before = clock.now() - config.auditRetentionDays * DAY_MS;
  // Entries that are never removed are read once instead of with each batch.
  let from = Number.MIN_SAFE_INTEGER;
  return inBatches({ ...BATCH, stopped }, async (size) => {
    const old = await db
      .selectFrom('audit_log')
      .innerJoin(
        'organization_sequences',
        'organization_sequences.organization_id',
        'audit_log.organization_id',
      )
      .select(['audit_log.id', 'audit_log.occurred_at'])
      .where('audit_log.occurred_at', '>=', from)
      .where('audit_log.occurred_at', '<', before)
      .where('audit_log.action', '!=', KEPT)
      .whereRef('audit_log.sequence', '<', 'organization_sequences.value')
      .orderBy('audit_log.occurred_at')
      .orderBy('audit_log.sequence')
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
