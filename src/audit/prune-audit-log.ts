import type { Services } from '../context.ts';
import type { Action } from '../events/events.ts';

const DAY_MS = 86_400_000;

/** How many entries are removed in one statement. */
const BATCH = 1_000;

/** By these it is known who was removed from an organization: they stay out until invited again, however long ago it was. */
const KEPT: Action = 'member.removed';

/**
 * Removes entries that are older than the operator keeps them, the oldest first; never the last of an organization, by
 * which cursors are judged, nor removals of members. Resolves with how many there were; none where everything is kept.
 */
export async function pruneAuditLog({
  db,
  clock,
  config,
}: Pick<Services, 'db' | 'clock' | 'config'>): Promise<number> {
  if (config.auditRetentionDays === null) return 0;
  const before = clock.now() - config.auditRetentionDays * DAY_MS;
  let removed = 0;
  for (;;) {
    const old = db
      .selectFrom('audit_log')
      .innerJoin(
        'organization_sequences',
        'organization_sequences.organization_id',
        'audit_log.organization_id',
      )
      .select('audit_log.id')
      .where('audit_log.occurred_at', '<', before)
      .where('audit_log.action', '!=', KEPT)
      .whereRef('audit_log.sequence', '<', 'organization_sequences.value')
      .orderBy('audit_log.occurred_at')
      .orderBy('audit_log.sequence')
      .limit(BATCH);
    const { numDeletedRows } = await db
      .deleteFrom('audit_log')
      .where('id', 'in', old)
      .executeTakeFirstOrThrow();
    removed += Number(numDeletedRows);
    if (numDeletedRows < BATCH) return removed;
  }
}
