import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { ServerServices } from '../../src/graphql/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { usageLastDay } from '../../src/usage/last-day.ts';
import { limitTimes } from '../../src/usage/limit-times.ts';
import { pruneBuckets } from '../../src/usage/prune.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { present } from '../support/live.ts';
import { ask, makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2031, 0, 1, 12, 30);

interface Sum {
  readonly organization_id: string;
  readonly granularity: string;
  readonly start: number;
  readonly verified: number;
  readonly denied: number;
}

/** What is kept of organizations, and what the buckets of their keys add up to. */
async function bothSums({ db }: Pick<ServerServices, 'db'>): Promise<{ kept: Sum[]; added: Sum[] }> {
  const sums = async (table: string): Promise<Sum[]> => {
    const { rows } = await sql<Sum>`
      select organization_id, granularity, start, sum(verified) as verified, sum(denied) as denied
      from ${sql.table(table)} where granularity <> 'day'
      group by organization_id, granularity, start order by organization_id, granularity, start
    `.execute(db);
    return rows.map((row) => ({ ...row, verified: Number(row.verified), denied: Number(row.denied) }));
  };
  return {
    kept: await sums('organization_usage_buckets'),
    added: await sums('api_key_usage_buckets'),
  };
}

onEachDatabase('the usage of organizations', (engine) => {
  const services = servicesOn(engine);

  async function use(minutes: readonly number[]): Promise<void> {
    const { ctx } = await makeOrganization(services());
    const { secret } = (await createApiKey(ctx, { name: 'A' })).result;
    for (const minute of minutes) {
      services().clock.set(START + minute * MINUTE_MS);
      for (const permissions of [[], [], ['nothing.held']])
        await verifyApiKey(ctx, { key: secret, permissions });
      const { ctx: other } = await makeOrganization(services());
      const { apiKey, secret: key } = (await createApiKey(other, { name: 'B' })).result;
      await verifyApiKey(other, { key });
      await revokeApiKey(other, { id: apiKey.id });
      await verifyApiKey(other, { key });
    }
  }

  test('is the sum of their keys’ in minutes and hours, also after a clock that was ahead', async () => {
    await use([0, 1, 29, 30, 31]);
    await services().usage.flush();
    const written = await bothSums(services());
    expect(written.kept).toEqual(written.added);
    expect(written.kept).toHaveLength(17);

    services().clock.set(START + MINUTE_MS);
    await limitTimes(services().db, services().clock.now());
    const corrected = await bothSums(services());
    expect(corrected.kept).toEqual(corrected.added);
    expect(Math.max(...corrected.kept.map(({ start }) => start))).toBe(START + MINUTE_MS);
    const total = (sums: readonly Sum[]) => sums.reduce((sum, { verified }) => sum + verified, 0);
    expect(total(corrected.kept)).toBe(total(written.kept));
  });

  test('is kept as long as that of keys', async () => {
    await use([-26 * 60, 0]);
    await services().usage.flush();
    await pruneBuckets(services().db, START);
    const pruned = await bothSums(services());
    expect(pruned.kept).toEqual(pruned.added);
    const minutes = pruned.kept.filter(({ granularity }) => granularity === 'minute');
    expect(Math.min(...minutes.map(({ start }) => start))).toBe(START);
    await pruneBuckets(services().db, START + 100 * 24 * HOUR_MS);
    expect((await bothSums(services())).kept).toEqual([]);
  });

  test('is read without the buckets of keys', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { secret } = (await createApiKey(ctx, { name: 'A' })).result;
    await verifyApiKey(ctx, { key: secret });
    await services().usage.flush();
    services().statements.length = 0;
    expect(await usageLastDay(ctx, organization.id)).toEqual({ verified: 1, denied: 0 });
    expect(services().statements.filter((one) => one.includes('from "api_key_usage_buckets"'))).toEqual([]);
  });
});

onEachDatabase('the usage of an organization at a server', (engine) => {
  const server = serverOn(engine);

  test('is that of its keys', async () => {
    const { sessionToken, organizationId } = await makeMember(server());
    const { secret } = await makeApiKey(server(), organizationId);
    await present(server(), secret);
    await present(server(), secret);
    const query = '{ organization { keySummary { verifiedLastDay deniedLastDay } } }';
    const { data } = await ask(server(), query, { token: sessionToken });
    expect(data).toEqual({ organization: { keySummary: { verifiedLastDay: 2, deniedLastDay: 0 } } });
    const { kept, added } = await bothSums(server().services);
    expect(kept).toEqual(added);
    expect(kept).not.toEqual([]);
  });
});
