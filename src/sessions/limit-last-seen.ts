import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** Corrects last uses in the future, stored while the clock was ahead: with them, sessions would stay idle for longer. */
export async function limitLastSeen(db: Kysely<Tables>, now: number): Promise<void> {
  await db.updateTable('sessions').set({ last_seen_at: now }).where('last_seen_at', '>', now).execute();
}
