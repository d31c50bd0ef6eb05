import type { Services } from '../context.ts';
import { inBatches } from '../core/paced.ts';

/** How long denied verifications are kept, milliseconds. */
export const KEPT_MS = 30 * 86_400_000;

const BATCH = { min: 100, max: 1_000 } as const;

/** Removes denied verifications of more than 30 days ago, until `stopped`. Resolves with the number of rows. */
export async function pruneDenials(
  { unhurried, clock }: Pick<Services, 'unhurried' | 'clock'>,
  stopped?: () => boolean,
): Promise<number> {
  const before = clock.now() - KEPT_MS;
  return inBatches({ ...BATCH, stopped }, async (size) => {
    const old = unhurried
      .selectFrom('denials')
      .select('id')
      .where('minute', '<', before)
      .orderBy('minute')
      .limit(size);
    const { numDeletedRows } = await unhurried
      .deleteFrom('denials')
      .where('id', 'in', old)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  });
}
