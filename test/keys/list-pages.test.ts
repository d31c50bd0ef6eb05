import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { PageArgs } from '../../src/core/page.ts';
import type { ApiKey } from '../../src/keys/api-key.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { type ApiKeyOrder, listApiKeys } from '../../src/keys/lists/list-api-keys.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runs } from '../support/properties.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

/** What a key is ordered by, as a list says it. */
const VALUES: Readonly<Record<ApiKeyOrder['field'], (key: ApiKey) => string | number>> = {
  CREATED_AT: (key) => key.createdAt,
  NAME: (key) => key.name.toLowerCase(),
  EXPIRES_AT: (key) => key.expiresAt ?? Number.MAX_SAFE_INTEGER,
  LAST_USED_AT: (key) => key.lastUsedAt ?? 0,
};

/** Something that happens to the list while somebody turns its pages. */
type Event =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'revoke'; readonly which: number };

const names = fc.constantFrom('a', 'A', 'b', 'c', 'ä');
const events = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), name: names }),
  fc.record({ kind: fc.constant('revoke' as const), which: fc.nat(20) }),
);
const keys = fc.record({
  name: names,
  expires: fc.option(fc.integer({ min: 1, max: 3 })),
  used: fc.boolean(),
});
const orders = fc.record({
  field: fc.constantFrom(...(Object.keys(VALUES) as ApiKeyOrder['field'][])),
  direction: fc.constantFrom('ASC' as const, 'DESC' as const),
});

onEachDatabase('turning the pages of a list of keys', (engine) => {
  const services = servicesOn(engine);

  async function filled(wanted: readonly { name: string; expires: number | null; used: boolean }[]) {
    const { ctx, organization } = await makeOrganization(services());
    const expiry = services().clock.now() + 1_000_000;
    const made: string[] = [];
    for (const { name, expires, used } of wanted) {
      // Many alike, so that the order is often decided by the id.
      if (made.length % 3 === 0) services().clock.advance(1);
      const expiresAt = expires && expiry + expires;
      const { apiKey, secret } = (await createApiKey(ctx, { name, expiresAt })).result;
      if (used) await verifyApiKey(ctx, { key: secret });
      made.push(apiKey.id);
    }
    const list = (orderBy: ApiKeyOrder, page: PageArgs) =>
      listApiKeys(ctx, organization.id, { orderBy }, page);
    const happen = async (event: Event): Promise<string | null> => {
      if (event.kind === 'create') {
        await createApiKey(ctx, { name: event.name });
        return null;
      }
      const id = made[event.which] ?? null;
      // What is revoked already may be revoked again by the next event: refused, and nothing changes.
      if (id) await revokeApiKey(ctx, { id }).catch(() => {});
      return id;
    };
    return { ctx, organization, made, list, happen };
  }

  test('shows each key that stays exactly once and in order, whatever comes and goes', async () => {
    const property = fc.asyncProperty(
      fc.array(keys, { maxLength: 14 }),
      orders,
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.array(events, { maxLength: 6 }),
      async (wanted, orderBy, size, backwards, happening) => {
        const { list, happen, made } = await filled(wanted);
        const gone = new Set<string>();
        const seen: ApiKey[] = [];
        let cursor: string | null = null;
        for (let turn = 0; ; turn += 1) {
          const page = await list(
            orderBy,
            backwards ? { last: size, before: cursor } : { first: size, after: cursor },
          );
          const nodes = page.edges.map((edge) => edge.node);
          if (backwards) seen.unshift(...nodes);
          else seen.push(...nodes);
          const more = await (backwards ? page.hasPreviousPage() : page.hasNextPage());
          cursor = (backwards ? page.edges[0] : page.edges.at(-1))?.cursor ?? null;
          if (!more) break;
          const event = happening[turn];
          const revoked = event && (await happen(event));
          if (revoked) gone.add(revoked);
        }
        const ids = seen.map((key) => key.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(made.filter((id) => !gone.has(id))));
        expect(seen).toEqual(inOrder(seen, orderBy));
      },
    );
    await fc.assert(property, runs(25, { seed: 2 }));
  });

  test('says whether there are keys before and after the page, wherever its cursors are', async () => {
    const property = fc.asyncProperty(
      fc.array(keys, { maxLength: 8 }),
      orders,
      fc.integer({ min: 0, max: 4 }),
      fc.boolean(),
      fc.option(fc.nat(10)),
      fc.option(fc.nat(10)),
      fc.option(fc.nat(10)),
      async (wanted, orderBy, size, backwards, afterAt, beforeAt, goneAt) => {
        const { ctx, list } = await filled(wanted);
        const found = (await list(orderBy, { first: 100 })).edges;
        const cursorAt = (at: number | null) => (at === null ? null : (found[at]?.cursor ?? null));
        const [after, before] = [cursorAt(afterAt), cursorAt(beforeAt)];
        // The key of a cursor may be revoked, and then be none of the list.
        const gone = goneAt === null ? undefined : found[goneAt]?.node.id;
        if (gone) await revokeApiKey(ctx, { id: gone });
        const all = found.filter(({ node }) => node.id !== gone);
        const count = backwards ? { last: size } : { first: size };
        const page = await list(orderBy, { ...count, after, before });
        const at = (one: string | null, otherwise: number) =>
          one === null ? otherwise : found.findIndex(({ cursor }) => cursor === one);
        // Where the page stands in the list as it was: between its rows, or at the cursor that it began at.
        const places = page.edges.map(({ cursor }) => at(cursor, 0));
        const stands = backwards ? at(before, found.length) : at(after, -1);
        const isBefore = (place: number) => (places.length > 0 ? place < (places[0] ?? 0) : place < stands);
        const isAfter = (place: number) =>
          places.length > 0 ? place > (places.at(-1) ?? 0) : place > stands;
        const is = (where: (place: number) => boolean, atCursor: boolean) =>
          all.some(({ cursor }) => {
            const place = at(cursor, 0);
            return where(place) || (places.length === 0 && atCursor && place === stands);
          });
        expect([await page.hasPreviousPage(), await page.hasNextPage()]).toEqual([
          is(isBefore, !backwards),
          is(isAfter, backwards),
        ]);
      },
    );
    await fc.assert(property, runs(60, { seed: 5 }));
  });

  test('asks the database for keys beyond the page only where that is asked, by an index', async () => {
    const { list } = await filled(
      Array.from({ length: 5 }, () => ({ name: 'a', expires: null, used: false })),
    );
    const orderBy = { field: 'CREATED_AT', direction: 'ASC' } as const;
    const { edges } = await list(orderBy, { first: 5 });
    services().statements.length = 0;
    const page = await list(orderBy, { first: 2, after: edges[1]?.cursor });
    const read = services().statements.length;
    expect(await page.hasNextPage()).toBe(true);
    expect(services().statements).toHaveLength(read);
    expect([await page.hasPreviousPage(), await page.hasPreviousPage()]).toEqual([true, true]);
    expect(services().statements).toHaveLength(read + 1);
    expect(services().statements.at(-1)).toContain('limit');
  });

  test('comes back to the same rows backwards as forwards', async () => {
    const property = fc.asyncProperty(
      fc.array(keys, { minLength: 1, maxLength: 10 }),
      orders,
      fc.integer({ min: 1, max: 4 }),
      async (wanted, orderBy, size) => {
        const { list } = await filled(wanted);
        const all = (await list(orderBy, { first: 100 })).edges;
        const middle = all[Math.floor(all.length / 2)]?.cursor ?? null;
        const after = (await list(orderBy, { first: size, after: middle })).edges;
        const before = (await list(orderBy, { last: size, before: middle })).edges;
        const at = all.findIndex((edge) => edge.cursor === middle);
        expect(after).toEqual(all.slice(at + 1, at + 1 + size));
        expect(before).toEqual(all.slice(Math.max(0, at - size), at));
      },
    );
    await fc.assert(property, runs(15, { seed: 3 }));
  });

  describe('a page', () => {
    const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

    test('has 25 keys unless said otherwise, and counts only when asked', async () => {
      const { list } = await filled(
        Array.from({ length: 26 }, () => ({ name: 'a', expires: null, used: false })),
      );
      services().statements.length = 0;
      const page = await list(newestFirst, {});
      expect([page.edges.length, await page.hasNextPage(), await page.hasPreviousPage()]).toEqual([
        25,
        true,
        false,
      ]);
      expect(services().statements.filter((statement) => statement.includes('count('))).toEqual([]);
      expect(await page.totalCount()).toBe(26);
      expect((await list(newestFirst, { first: 0 })).edges).toEqual([]);
    });

    test.each<PageArgs>([
      { first: 101 },
      { first: -1 },
      { last: 101 },
      { first: 1, last: 1 },
      { after: '' },
      { after: 'nonsense' },
      { before: Buffer.from('["age","1","key_1"]').toString('base64url') },
      { before: Buffer.from('["age",1,"key_\\u0000"]').toString('base64url') },
    ])('can’t be had by %j', async (args) => {
      const { list } = await filled([]);
      await expect(list(newestFirst, args)).rejects.toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT' }),
      );
    });
  });
});

describe('the plan of a list', () => {
  const services = servicesOn('sqlite');

  test.each([
    ['CREATED_AT', 'api_keys_unrevoked_by_age'],
    ['NAME', 'api_keys_by_name'],
    ['EXPIRES_AT', 'api_keys_unrevoked_by_expiry'],
    ['LAST_USED_AT', 'api_key_usage_by_last_use'],
  ] as const)('by %s reads along the index %s and sorts nothing', async (field, index) => {
    const { ctx, organization } = await makeOrganization(services());
    for (const direction of ['ASC', 'DESC'] as const) {
      await listApiKeys(ctx, organization.id, { orderBy: { field, direction } }, {});
      const statement = services().statements.at(-1)?.replaceAll('?', "'x'") ?? '';
      const { rows } = await sql.raw<{ detail: string }>(`explain query plan ${statement}`).execute(ctx.db);
      const plan = rows.map((row) => row.detail).join('; ');
      expect(plan).toContain(`${index} (organization_id=?)`);
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});

function inOrder(keys: readonly ApiKey[], { field, direction }: ApiKeyOrder): ApiKey[] {
  const value = VALUES[field];
  const sign = direction === 'ASC' ? 1 : -1;
  return [...keys].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left !== right) return left < right ? -sign : sign;
    return a.id < b.id ? -sign : sign;
  });
}
