import pg from 'pg';
import { openDatabase } from '../../db/open.ts';
import { createBus } from '../../src/cluster/create-bus.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { createLog } from '../../src/core/log.ts';
import { createKeyLookup } from '../../src/verification-host/key-lookup.ts';

/** Number of concurrent callers. */
const CALLERS = 32;

/** Size of the pool for `SELECT 1`: smaller and larger ones were slower. */
const POOL_SIZE = 8;

const WARM_UP_MS = 500;

/** Duration, database and keys. */
interface Given {
  readonly url: string;
  readonly ms: number;
  readonly hashes: readonly string[];
}

/** Rate per second with callers that each wait for the result before the next call. */
async function rateOf(ms: number, ask: (turn: number) => Promise<unknown>): Promise<number> {
  const start = performance.now() + WARM_UP_MS;
  const end = start + ms;
  let [turn, answered] = [0, 0];
  const caller = async (): Promise<void> => {
    for (;;) {
      turn += 1;
      await ask(turn);
      const now = performance.now();
      if (now >= end) return;
      if (now >= start) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return answered / (ms / 1_000);
}

/** `SELECT 1` as a prepared statement on a pool. */
export async function measureSelectOne({ url, ms }: Given): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  const rate = await rateOf(ms, () => pool.query({ name: 'one', text: 'select 1' }));
  await pool.end();
  return rate;
}

/** Uncached keys, looked up like in verification. */
export async function measureLookUps({ url, ms, hashes }: Given): Promise<number> {
  const config = parseConfig({ DATABASE_URL: url, VERIFY_CACHE_KEYS: '1' });
  const database = await openDatabase(url);
  const bus = await createBus(database, config, createLog('error'));
  await bus.start();
  const keys = createKeyLookup(database, { bus, config });
  let missed = 0;
  const rate = await rateOf(ms, async (turn) => {
    const found = await keys.withKey(hashes[turn % hashes.length] ?? '', (key) => key !== null);
    if (!found) missed += 1;
  });
  keys.stop();
  await bus.stop();
  await database.close();
  if (missed > 0 || keys.counts.hits > 0) throw new Error('Not every look-up was one');
  return rate;
}
