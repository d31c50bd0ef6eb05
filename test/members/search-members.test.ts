import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { memberListScan } from '../../schema/scan.ts';
import { ForbiddenError, NotFoundError } from '../../src/core/errors.ts';
import { inviteMember } from '../../src/members/invite-member.ts';
import { listMembers } from '../../src/members/list-members.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeMember, serverOn } from '../support/server.ts';
import {
  contextFor,
  keyCaller,
  makeOrganization,
  memberOf,
  roleNamed,
  servicesOn,
} from '../support/services.ts';

const PEOPLE = [
  ['ada@example.com', 'Ada Lovelace'],
  ['zoe.eve@example.com', 'Zoé ÈVE'],
  ['odysseus@example.com', 'ΟΔΥΣΣΕΥΣ'],
  ['percent@example.com', '100% _real_ \\o/'],
  ['istanbul@example.com', 'İpek'],
  ['noname@sub.example.com', null],
] as const;

onEachDatabase('searching members', (engine) => {
  const services = servicesOn(engine);

  async function made(): Promise<{ ctx: GraphQLContext; id: string; find(text: string): Promise<string[]> }> {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const role = await roleNamed(ctx, id, 'member');
    for (const [email, name] of PEOPLE) {
      services().clock.advance(1);
      await inviteMember(ctx, { email, name, roleId: role.id });
    }
    const find = async (search: string) =>
      (await listMembers(ctx, id, { search }, {})).edges.map(({ node }) => node.email.split('@')[0] ?? '');
    return { ctx, id, find };
  }

  test('finds part of a name or address in any case, oldest first', async () => {
    const { find } = await made();
    const all = PEOPLE.map(([email]) => email.split('@')[0]);
    expect(await find('LOVE')).toEqual(['ada']);
    expect(await find('@SUB.')).toEqual(['noname']);
    expect(await find('example.COM')).toEqual(all);
    for (const none of ['nobody', 'Lovelace Ada']) expect(await find(none)).toEqual([]);
    for (const blank of ['', ' ', '\u2003']) expect(await find(blank)).toEqual(all);
    expect(await find(' lovelace ')).toEqual(['ada']);
  });

  test('folds more than ASCII, in any normal form', async () => {
    const { find } = await made();
    for (const text of ['zoé', 'ZOÉ', 'Zoe\u0301', 'ève', 'È']) expect(await find(text)).toEqual(['zoe.eve']);
    for (const text of ['οδυσσευς', 'ΟΔΥΣΣΕΥΣ', 'δυσσευσ']) expect(await find(text)).toEqual(['odysseus']);
    for (const text of ['İpek', 'pek']) expect(await find(text)).toEqual(['istanbul']);
  });

  test('takes wildcards and quotes as they are', async () => {
    const { find } = await made();
    for (const text of ['%', '_', '\\', '0% _', '_real_ \\o/']) expect(await find(text)).toEqual(['percent']);
    for (const text of ["'", '"', "' or 1=1 --", '%%', '\\%', '*']) expect(await find(text)).toEqual([]);
  });

  test('pages and counts what it finds, forwards and backwards', async () => {
    const { ctx, id } = await made();
    const list = (page: object) => listMembers(ctx, id, { search: 'EXAMPLE' }, page);
    const emails = PEOPLE.map(([email]) => email);
    const first = await list({ first: 4 });
    expect(first.edges.map(({ node }) => node.email)).toEqual(emails.slice(0, 4));
    expect([await first.hasNextPage(), await first.totalCount(), await first.isTotalCountExact()]).toEqual([
      true,
      6,
      true,
    ]);
    const rest = await list({ first: 4, after: first.edges.at(-1)?.cursor });
    expect(rest.edges.map(({ node }) => node.email)).toEqual(emails.slice(4));
    expect(await rest.hasNextPage()).toBe(false);
    const last = await list({ last: 2 });
    expect(last.edges.map(({ node }) => node.email)).toEqual(emails.slice(4));
  });

  test('rejects what is too long, or can be in no name, before it reads anything', async () => {
    const { ctx, id, find } = await made();
    await find('x'.repeat(200));
    const every = Array.from({ length: 200 }, (_, at) =>
      String.fromCodePoint(0x430 + (at % 32), 0xe0 + (at % 23)),
    );
    expect(await find(every.join('').slice(0, 200))).toEqual([]);
    for (const search of ['x'.repeat(201), 'x'.repeat(1_000_000), 'a\0b', 'a\nb', '\ud800']) {
      const before = services().statements.length;
      await expect(listMembers(ctx, id, { search }, {})).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(services().statements.length).toBe(before);
    }
  });

  test('finds nobody of another organization, for nobody who may not see members', async () => {
    const [one, other] = [await made(), await made()];
    const { result } = await inviteMember(other.ctx, {
      email: 'only-there@example.com',
      roleId: (await roleNamed(other.ctx, other.id, 'member')).id,
    });
    expect(result.membership.email).toBe('only-there@example.com');
    expect(await one.find('only-there')).toEqual([]);
    const search = { search: 'ada' };
    await expect(listMembers(one.ctx, other.id, search, {})).rejects.toThrow(NotFoundError);
    for (const principal of [
      memberOf(one.id, ['organization.view']),
      keyCaller(one.id, ['*'], { teamIds: ['team_x'] }),
    ])
      await expect(listMembers(contextFor(services(), principal), one.id, search, {})).rejects.toThrow(
        ForbiddenError,
      );
  });
});

onEachDatabase('searching members over GraphQL', (engine) => {
  const server = serverOn(engine);

  test('shares equal searches, and costs what it reads', async () => {
    const { sessionToken: token, email } = await makeMember(server());
    const list = (search: string) => `members(search: "${search}") { totalCount nodes { email } }`;
    const { data, errors } = await ask(
      server(),
      `{ organization { a: ${list(email.toUpperCase())} b: ${list(email.toUpperCase())} c: ${list('nobody')} } }`,
      { token },
    );
    expect(errors).toEqual([]);
    const found = { totalCount: 1, nodes: [{ email }] };
    expect(data.organization).toEqual({ a: found, b: found, c: { totalCount: 0, nodes: [] } });

    const points = (args: object, counts: boolean) =>
      memberListScan.points({
        args: args as Record<string, unknown>,
        counts,
        isLimited: false,
        pointsOf: (rows) => rows,
        whole: () => 100,
      });
    expect([points({}, false), points({}, true), points({ search: 'a' }, false)]).toEqual([0, 100, 100]);
    expect(points({ search: 'a' }, true)).toBe(200);
  });
});
