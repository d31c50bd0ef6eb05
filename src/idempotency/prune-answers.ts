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
  const before = clock.now() - ANSWER_MS;
  return inBatches({ ...BATCH, stopped }, async (size) => {
    const old = await db
      .selectFrom('idempotent_answers')
      .select('id')
      .where('created_at', '<=', before)
      .orderBy('created_at')
      .limit(size)
      .execute();
    const ids = old.map(({ id }) => id);
    if (ids.length > 0) await unhurried.deleteFrom('idempotent_answers').where('id', 'in', ids).execute();
    return ids.length;
  });
}
