import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../db/tables/tables.ts';
import type { GraphQLContext } from '../../schema/context.ts';
import { newId } from '../../src/core/ids.ts';
import { statusOf } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import type { ApiKeyFilter } from '../../src/keys/lists/api-key-filter.ts';
import { type ApiKeyOrder, listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { fillWithKeys } from '../support/many-keys.ts';
import { keyCaller, makeOrganization, roleNamed, servicesOn } from '../support/services.ts';

/** More than are gathered for a page of most filters, fewer for some. */
const KEYS = 5_000;

const DAY_MS = 86_400_000;

type Stored = Row<'api_keys'> & { readonly last_used_at: number; readonly teams: readonly string[] };

/** What keys are ordered by, as rows have it. */
const VALUES: Readonly<Record<ApiKeyOrder['field'], (key: Stored) => string | number>> = {
  CREATED_AT: (key) => key.created_at,
  NAME: (key) => key.name_key,
  EXPIRES_AT: (key) => key.expires_at,
  LAST_USED_AT: (key) => key.last_used_at,
};

onEachDatabase('a filtered list of many keys', (engine) => {
  const services = servicesOn(engine);
  let ctx: GraphQLContext;
  let organizationId: string;
  let stored: Stored[];
  let ids: { role: string; team: string; rareTeam: string; creator: string; key: string };

  beforeAll(async () => {
    // Somebody else's keys have the same words, roles and external ids.
    const other = await makeOrganization(services(), 'Other');
    const own = await makeOrganization(services());
    for (const { ctx: of, organization } of [other, own]) {
      const role = (await roleNamed(of, organization.id, 'member')).id;
      const team = (await createTeam(of, { name: 'Large' })).result.id;
      const rareTeam = (await createTeam(of, { name: 'Small' })).result.id;
      const { apiKey } = (await createApiKey(of, { name: 'First', teamIds: [rareTeam] })).result;
      await fillWithKeys(of, apiKey.id, { keys: of === own.ctx ? KEYS : 100, roleId: role, teamId: team });
      await createApiKey(of, { name: 'Rare 🗝 “wörd” 100%', externalId: 'rare' });
      ids = { role, team, rareTeam, creator: apiKey.createdBy, key: apiKey.id };
    }
    // As the server does by itself, if not in tests.
    if (engine === 'postgres') await sql`analyze`.execute(own.ctx.db);
    ctx = own.ctx;
    organizationId = own.organization.id;
    const { db } = ctx;
    const keys = await db
      .selectFrom('api_keys')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .execute();
    const uses = await db
      .selectFrom('api_key_usage')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .execute();
    const bonds = await db.selectFrom('api_key_teams').selectAll().execute();
    const usedAt = new Map(uses.map((use) => [use.api_key_id, use.last_used_at]));
    const teams = new Map<string, string[]>();
    for (const bond of bonds)
      teams.set(bond.api_key_id, [...(teams.get(bond.api_key_id) ?? []), bond.team_id]);
    stored = keys.map((key) => ({
      ...key,
      last_used_at: usedAt.get(key.id) ?? 0,
      teams: teams.get(key.id) ?? [],
    }));
  });

  /** The ids of all keys that a filter shows, by comparing each. */
  function expected(filter: ApiKeyFilter, { field, direction }: ApiKeyOrder): string[] {
    const now = services().clock.now();
    const sign = direction === 'ASC' ? 1 : -1;
    const is = <T>(wanted: T | null | undefined, holds: (value: T) => boolean) =>
      wanted === null || wanted === undefined || holds(wanted);
    const shown = stored.filter((key) => {
      const status = statusOf(
        { revokedAt: key.revoked_at, enabled: key.enabled === 1, expiresAt: key.expires_at },
        now,
      );
      const days = key.environment === 'live' ? 90 : 180;
      return (
        is(filter.status ?? ['ACTIVE', 'DISABLED', 'EXPIRED'], (any) => any.includes(status)) &&
        is(filter.environment, (value) => key.environment === value) &&
        is(filter.roleId, (value) => key.role_id === value) &&
        is(filter.teamId, (value) => key.teams.includes(value)) &&
        is(filter.externalId, (value) => key.external_id === value) &&
        is(filter.createdById, (value) => key.created_by === value) &&
        is(filter.metadata, (members) => {
          const own = JSON.parse(key.metadata) as Record<string, unknown>;
          return Object.entries(members).every(([name, value]) => own[name] === value);
        }) &&
        is(filter.search, (value) => key.search_text.includes(value.toLowerCase())) &&
        is(filter.unusedSince, (value) => key.created_at < value && key.last_used_at < value) &&
        is(filter.expiresBefore, (value) => key.expires_at < value) &&
        is(
          filter.rotationDueBefore,
          (value) => key.revoked_at === null && key.rotated_at + days * DAY_MS < value,
        )
      );
    });
    const value = VALUES[field];
    const sorted = shown.sort((a, b) => {
      const [left, right] = [value(a), value(b)];
      if (left !== right) return left < right ? -sign : sign;
      return a.id < b.id ? -sign : sign;
    });
    return sorted.map(({ id }) => id);
  }

  function filters(): ApiKeyFilter[] {
    const now = services().clock.now();
    return [
      ...(['ACTIVE', 'DISABLED', 'EXPIRED', 'REVOKED'] as const).map((status) => ({ status: [status] })),
      {},
      { status: ['ACTIVE', 'EXPIRED'] },
      { status: ['REVOKED', 'DISABLED'] },
      { status: ['ACTIVE', 'DISABLED', 'EXPIRED', 'REVOKED'], environment: 'test' },
      { environment: 'live' },
      { roleId: ids.role },
      { roleId: newId('role') },
      { teamId: ids.team },
      { teamId: ids.rareTeam },
      { teamId: newId('team') },
      { externalId: 'common' },
      { externalId: 'rare' },
      { createdById: ids.creator },
      { metadata: { plan: 'pro' } },
      { metadata: { number: 77 } },
      { metadata: { plan: 'pro', number: 77 } },
      { metadata: { plan: 'free', number: 77 } },
      { metadata: {} },
      { status: ['REVOKED'], metadata: { plan: 'free' } },
      { teamId: ids.team, metadata: { plan: 'pro' }, environment: 'test' },
      { search: 'gateway' },
      { search: 'gateway 4' },
      { search: 'ateway 77' },
      { search: 'KEY' },
      { search: '🗝 “wö' },
      { search: '100%' },
      { search: ids.key },
      { search: 'nothing of it' },
      { search: '7' },
      { search: '"' },
      { unusedSince: now },
      { unusedSince: now - 100 * DAY_MS },
      { unusedSince: 1 },
      { expiresBefore: now },
      { expiresBefore: 1 },
      { rotationDueBefore: now },
      { rotationDueBefore: now - 300 * DAY_MS },
      { status: ['EXPIRED'], environment: 'test', externalId: 'common', search: 'gateway' },
      { status: ['ACTIVE'], teamId: ids.team, unusedSince: now - 50 * DAY_MS },
    ];
  }

  describe.each(['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const)('by %s', (field) => {
    test.each(['ASC', 'DESC'] as const)('%s shows the keys that it has to, each once', async (direction) => {
      for (const filter of filters()) {
        const orderBy = { field, direction };
        const wanted = expected(filter, orderBy);
        const [first, second] = [wanted.slice(0, 50), wanted.slice(50, 100)];
        const page = await listApiKeys(ctx, organizationId, { filter, orderBy }, { first: 50 });
        const shown = { filter, ids: page.edges.map(({ node }) => node.id) };
        expect(shown).toEqual({ filter, ids: first });
        expect({ filter, next: await page.hasNextPage() }).toEqual({ filter, next: wanted.length > 50 });
        expect({ filter, total: await page.totalCount() }).toEqual({ filter, total: wanted.length });
        expect(await page.isTotalCountExact()).toBe(true);
        const after = page.edges.at(-1)?.cursor ?? null;
        if (after === null) continue;
        const next = await listApiKeys(ctx, organizationId, { filter, orderBy }, { first: 50, after });
        expect({ filter, ids: next.edges.map(({ node }) => node.id) }).toEqual({ filter, ids: second });
        const before = next.edges[0]?.cursor ?? null;
        if (before === null) continue;
        const back = await listApiKeys(ctx, organizationId, { filter, orderBy }, { last: 50, before });
        expect({ filter, ids: back.edges.map(({ node }) => node.id) }).toEqual({ filter, ids: first });
      }
    });
  });

  test('shows a caller of a team the keys of that team alone', async () => {
    const caller = keyCaller(organizationId, ['*'], { teamIds: [ids.rareTeam] });
    const bound = { ...ctx, principal: caller };
    for (const filter of [
      {},
      { search: 'first' },
      { teamId: ids.rareTeam },
      { status: ['ACTIVE' as const] },
    ]) {
      const page = await listApiKeys(bound, organizationId, { filter }, {});
      expect(page.edges.map(({ node }) => node.id)).toEqual([ids.key]);
      expect(await page.totalCount()).toBe(1);
    }
    const none = await listApiKeys(bound, organizationId, { filter: { search: 'gateway' } }, {});
    expect([none.edges, await none.totalCount()]).toEqual([[], 0]);
  });

  test('counts the metadata of no key outside a caller’s teams', async () => {
    const caller = keyCaller(organizationId, ['*'], { teamIds: [ids.rareTeam] });
    const filter = { metadata: { plan: 'pro' } };
    const page = await listApiKeys({ ...ctx, principal: caller }, organizationId, { filter }, {});
    expect([page.edges, await page.totalCount(), await page.isTotalCountExact()]).toEqual([[], 0, true]);
  });

  test('finds what a key was changed to, and not what it was', async () => {
    const { apiKey } = (await createApiKey(ctx, { name: 'Zebra crossing' })).result;
    const found = async (search: string) =>
      (await listApiKeys(ctx, organizationId, { filter: { search } }, {})).edges.map(({ node }) => node.id);
    expect(await found('zebra')).toEqual([apiKey.id]);
    await updateApiKey(ctx, { id: apiKey.id, name: 'Giraffe' });
    expect([await found('zebra'), await found('raffe')]).toEqual([[], [apiKey.id]]);
  });
});
