import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';

/**
 * Corrects last uses that were stored while the clock was ahead and lie in the future, which would extend idle
 * sessions.
 */
export async function limitLastSeen(db: Kysely<Tables>, now: number): Promise<void> {
  await db.updateTable('sessions').set({ last_seen_at: now }).where('last_seen_at', '>', now).execute();
}
