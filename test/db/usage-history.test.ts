import { type Kysely, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/index.ts';
import { openDatabase } from '../../db/open.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../support/databases.ts';

const NAME = '0025-organization-usage-history';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;

interface Bucket {
  readonly granularity: string;
  readonly start: number;
  readonly verified: number;
}

onEachDatabase('the earlier usage of organizations', (engine) => {
  async function migrated(before: string) {
    const { url, drop } = await createTestDatabaseUrl(engine, { empty: true });
    onTestFinished(drop);
    const database = await openDatabase(url);
    onTestFinished(() => database.close());
    const earlier = Object.entries(migrations).filter(([name]) => name < before);
    await migrate(database, () => {}, Object.fromEntries(earlier));
    const { kysely: db } = database;
    await sql`insert into organizations (id, name, slug, key_prefix, permission_catalog, created_at)
      values ('org_a', 'Acme', 'a', 'kw', '[]', 1)`.execute(db);
    for (const key of ['key_a', 'key_b'])
      await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
          ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
        values (${key}, 'org_a', 'A', 'a', 'live', 'acme', 'a', '[]', '[]', '{}', 1, 1, 'cli', 1, 1, 2)`.execute(
        db,
      );
    const use = async (granularity: string, daysAgo: number, hour = 0) => {
      for (const key of ['key_a', 'key_b'])
        await sql`insert into api_key_usage_buckets (api_key_id, organization_id, granularity, start, verified, denied)
          values (${key}, 'org_a', ${granularity}, ${TODAY - daysAgo * DAY_MS + hour * HOUR_MS}, 3, 1)`.execute(
          db,
        );
    };
    const sums = async () => {
      const { rows } = await sql<Bucket>`
        select granularity, start, verified from organization_usage_buckets order by 1, 2`.execute(db);
      return rows.map(({ granularity, start, verified }) => [
        granularity,
        (Number(start) - TODAY) / DAY_MS,
        Number(verified),
      ]);
    };
    return { database, db, use, sums };
  }

  test('is summed up once, by hour while hours are kept, and by day before', async () => {
    const { database, db, use, sums } = await migrated('0013');
    // Two hours a day; the oldest day has no hours any more.
    await use('day', 200);
    for (const daysAgo of [40, 3, 1]) {
      await use('hour', daysAgo, 6);
      await use('hour', daysAgo, 12);
    }
    await use('day', 40);
    await migrate(database);
    const expected = [
      ['day', -200, 6],
      ['hour', -40 + 6 / 24, 6],
      ['hour', -40 + 12 / 24, 6],
      ['hour', -3 + 6 / 24, 6],
      ['hour', -3 + 12 / 24, 6],
      ['hour', -1 + 6 / 24, 6],
      ['hour', -1 + 12 / 24, 6],
    ];
    expect(await sums()).toEqual(expected);
    // As after a crash at its end.
    await migrations[NAME]?.up(db as unknown as Kysely<unknown>);
    expect(await sums()).toEqual(expected);
  });

  test('includes the hours of a day that are no longer kept', async () => {
    const { database, db, use, sums } = await migrated('0013');
    await use('hour', 90, 20);
    await use('day', 90);
    await sql`update api_key_usage_buckets set verified = 5 where granularity = 'day'`.execute(db);
    await migrate(database);
    expect(await sums()).toEqual([
      ['day', -90, 4],
      ['hour', -90 + 20 / 24, 6],
    ]);
  });

  test('is not looked for after the time from which it was summed up', async () => {
    const { database, db, use, sums } = await migrated(NAME);
    const at = new Date(Date.now() - 30 * DAY_MS).toISOString();
    await sql`update kysely_migration set timestamp = ${at} where name < '0014'`.execute(db);
    await use('hour', 40);
    await use('hour', 20);
    await migrate(database);
    expect(await sums()).toEqual([['hour', -40, 6]]);
  });
});
