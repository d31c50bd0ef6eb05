import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { pruneBuckets } from '../../src/usage/prune.ts';
import { usageOf } from '../../src/usage/report.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { countTurns } from '../support/turns.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2030, 6, 1, 12);
const KEYS = 5;

onEachDatabase('a year of keys that are used every minute', (engine) => {
  const services = servicesOn(engine);

  /** What a year leaves behind: every day of it, and the hours and minutes that are kept. */
  async function fill(ctx: GraphQLContext, organizationId: string, keyId: string): Promise<void> {
    for (const [granularity, length, count] of [
      ['day', DAY_MS, 366],
      ['hour', HOUR_MS, 100 * 24],
      ['minute', MINUTE_MS, 26 * 60],
    ] as const) {
      const last = Math.floor(NOW / length) * length;
      for (let done = 0; done < count; done += 300) {
        const rows = Array.from({ length: Math.min(300, count - done) }, (_, index) => ({
          api_key_id: keyId,
          organization_id: organizationId,
          granularity,
          start: last - (done + index) * length,
          verified: 60,
          denied: 1,
        }));
        await ctx.db.insertInto('api_key_usage_buckets').values(rows).execute();
      }
    }
  }

  /** How many rows of the table a query touches, by the engine's own account. */
  async function plan(ctx: GraphQLContext, keyId: string): Promise<string> {
    const query = sql`select start, verified, denied from api_key_usage_buckets
      where api_key_id = ${keyId} and granularity = 'day' and start >= ${NOW - 365 * DAY_MS} and start < ${NOW} order by start`;
    if (engine === 'sqlite') {
      const { rows } = await sql<{ detail: string }>`explain query plan ${query}`.execute(ctx.db);
      return rows.map((row) => row.detail).join('; ');
    }
    await sql`analyze api_key_usage_buckets`.execute(ctx.db);
    const { rows } = await sql<Record<string, string>>`explain analyze ${query}`.execute(ctx.db);
    return rows.map((row) => Object.values(row)[0]).join('; ');
  }

  test('is reported from one row a day, found by index', async () => {
    services().clock.set(NOW);
    const { ctx, organization } = await makeOrganization(services());
    const ids = [];
    for (let index = 0; index < KEYS; index += 1) {
      const { id } = (await createApiKey(ctx, { name: `${index}` })).result.apiKey;
      await fill(ctx, organization.id, id);
      ids.push(id);
    }
    const [keyId = ''] = ids;
    const report = await usageOf(ctx, keyId, { granularity: 'day', from: NOW - 365 * DAY_MS });
    expect(report).toHaveLength(366);
    expect(report.at(-1)).toEqual({ start: Math.floor(NOW / DAY_MS) * DAY_MS, verified: 60, denied: 1 });

    const used = await plan(ctx, keyId);
    if (engine === 'sqlite') {
      expect(used).toMatch(/^SEARCH .*\(api_key_id=\? AND granularity=\? AND start>\? AND start<\?\)$/);
    } else {
      expect(used).toMatch(/Index (Only )?Scan|Bitmap Index Scan/);
      expect(used).not.toContain('Rows Removed');
    }
  });

  test('takes little room: what is older than it is kept is removed', async () => {
    const count = async () => {
      const { rows } = await sql<{ granularity: string; count: number }>`
        select granularity, count(*) as count from api_key_usage_buckets group by granularity order by granularity
      `.execute(services().db);
      return rows.map((row) => [row.granularity, Number(row.count) / KEYS]);
    };
    const turns = countTurns();
    await pruneBuckets(services().unhurried, NOW);
    turns.stop();
    // Requests are answered meanwhile.
    expect(turns.count).toBeGreaterThan(1);
    // 366 days of 731, 90 days of hours, 25 hours of minutes.
    expect(await count()).toEqual([
      ['day', 366],
      ['hour', 90 * 24 + 1],
      ['minute', 25 * 60 + 1],
    ]);
  });
});
