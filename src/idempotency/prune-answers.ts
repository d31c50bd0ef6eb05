import type { Services } from '../context.ts';
import { inBatches } from '../core/paced.ts';
import { ANSWER_MS } from './answers.ts';

/** Maximum number of answers removed in one batch. */
const BATCH = { min: 100, max: 1_000 } as const;

/** Removes answers that are too old to be repeated, until `stopped`. Resolves with their number. */
export async function pruneAnswers(
  { db, unhurried, clock }: Pick<Services, 'db' | 'unhurried' | 'clock'>,
  stopped?: () => boolean,
): Promise<number> {
  const now = clock.now();
  const answers = db.selectFrom('idempotent_answers').select('id').orderBy('created_at');
  // Stored while the clock was ahead: they would be kept, and counted, for as long as it was.
  await inBatches({ ...BATCH, stopped }, async (size) => {
    const ids = idsOf(await answers.where('created_at', '>', now).limit(size).execute());
    const redated = unhurried.updateTable('idempotent_answers').set({ created_at: now });
    if (ids.length > 0) await redated.where('id', 'in', ids).execute();
    return ids.length;
  });
  return inBatches({ ...BATCH, stopped }, async (size) => {
    const old = answers.where('created_at', '<=', now - ANSWER_MS);
    const ids = idsOf(await old.limit(size).execute());
    if (ids.length > 0) await unhurried.deleteFrom('idempotent_answers').where('id', 'in', ids).execute();
    return ids.length;
  });
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
