import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { GRANULARITIES, GRANULARITY_NAMES } from '../../src/usage/granularity.ts';
import { usageOfOrganization } from '../../src/usage/organization-report.ts';
import { topApiKeys } from '../../src/usage/top-api-keys.ts';
import { onEachDatabase } from '../support/databases.ts';
import { fillWithKeys } from '../support/many-keys.ts';
import { Notes, planOf } from '../support/plans.ts';
import { keyCaller, makeOrganization, roleNamed, servicesOn } from '../support/services.ts';

const KEYS = 2_000;

/** Hours and minutes of each key, of which all but the last day are earlier than what is read. */
const BUCKETS = 40;

onEachDatabase('the plans of reports of usage', (engine) => {
  const services = servicesOn(engine);
  const notes = new Notes(engine);
  let ctx: GraphQLContext;
  let bound: GraphQLContext;
  let organizationId: string;
  const now = Date.UTC(2030, 0, 20, 12);

  beforeAll(async () => {
    services().clock.set(now);
    for (const name of ['Other', 'Acme']) {
      const made = await makeOrganization(services(), name);
      organizationId = made.organization.id;
      ctx = made.ctx;
      const roleId = (await roleNamed(ctx, organizationId, 'member')).id;
      const large = (await createTeam(ctx, { name: 'Large' })).result.id;
      const teamId = (await createTeam(ctx, { name: 'Small' })).result.id;
      const { apiKey } = (await createApiKey(ctx, { name: 'First', teamIds: [teamId] })).result;
      await fillWithKeys(ctx, apiKey.id, { keys: KEYS, roleId, teamId: large });
      bound = { ...ctx, principal: keyCaller(organizationId, ['*'], { teamIds: [teamId] }) };
    }
    const { db } = services();
    for (const granularity of GRANULARITY_NAMES) {
      const { length } = GRANULARITIES[granularity];
      const buckets = sql`
        with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${sql.lit(BUCKETS)})
        select api_keys.id, api_keys.organization_id, ${sql.lit(granularity)},
          cast(${sql.lit(Math.floor(now / length) * length)} as bigint) - numbers.n * cast(${sql.lit(length)} as bigint), 2, 1
        from api_keys cross join numbers`;
      await sql`insert into api_key_usage_buckets
        (api_key_id, organization_id, granularity, start, verified, denied) ${buckets}`.execute(db);
    }
    await sql`insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
      select organization_id, granularity, start, sum(verified), sum(denied) from api_key_usage_buckets
      where granularity <> 'day' group by 1, 2, 3`.execute(db);
    if (engine === 'postgres') await sql`analyze`.execute(db);
  }, 120_000);

  /** The tables and indexes that are read without a condition, of what these reads send. */
  async function scansOf(read: (as: GraphQLContext) => Promise<unknown>, as: GraphQLContext) {
    notes.take();
    await read({ ...as, ...notes.on(services()), principal: as.principal });
    const plans = await Promise.all(notes.take().map((query) => planOf(services().db, engine, query)));
    const reports = plans.filter(({ sql }) => sql.includes('usage_buckets'));
    expect(reports).not.toEqual([]);
    return reports.flatMap(({ steps, plan }) =>
      steps.filter((step) => step.startsWith('SCAN')).map((step) => `${step}\n${plan}`),
    );
  }

  test('find buckets by index, for every caller, granularity and range', async () => {
    const found: string[] = [];
    for (const as of [ctx, bound]) {
      for (const granularity of GRANULARITY_NAMES) {
        const from = now - 30 * GRANULARITIES[granularity].length;
        for (const range of [{ granularity }, { granularity, from }, { granularity, from, to: now - 1 }])
          found.push(...(await scansOf((one) => usageOfOrganization(one, organizationId, range), as)));
      }
      for (const days of [1 / 24, 1, 7, 30, 95])
        found.push(
          ...(await scansOf((one) => topApiKeys(one, organizationId, { from: now - days * 86_400_000 }), as)),
        );
    }
    expect(found).toEqual([]);
  });
});
