import { Client, fetchExchange } from 'urql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { normalizedCache } from '../../console/src/api/cache.ts';
import { type ListPage, type ListQuery, PagedList } from '../../console/src/api/paged-list.ts';
import { type AuditFilter, TypedDocumentString } from '../../console/src/generated/graphql.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

interface Row {
  readonly id: string;
  readonly name?: string;
  readonly sequence?: string;
}

interface Place {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
}

type Variables = Place & { readonly organizationId: string; readonly filter?: AuditFilter };

const KEYS = new TypedDocumentString<{ apiKeys: ListPage<Row> }, Variables>(`
  query ($organizationId: ID!, $first: Int, $after: String) {
    apiKeys(
      organizationId: $organizationId
      first: $first
      after: $after
      orderBy: { field: NAME, direction: ASC }
    ) {
      totalCount
      nodes { id name }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

const LOG = new TypedDocumentString<{ organization: { auditLog: ListPage<Row> } }, Variables>(`
  query ($organizationId: ID!, $filter: AuditFilter, $first: Int, $after: String, $last: Int, $before: String) {
    organization(id: $organizationId) {
      id
      auditLog(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        nodes { id sequence }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      }
    }
  }
`);

describe('a paged list', () => {
  const server = serverOn('sqlite');

  test('has each row once, in order, when rows come and go between its pages', async () => {
    const { client, organizationId, keys } = await withKeys(['a', 'c', 'e', 'g', 'i']);
    const list = follow(keyList(client, organizationId, { size: 2 }));
    await shows(list, 'ac');
    expect(list.rows()).toMatchObject({ totalCount: 5, hasMore: true, loading: false });
    list.loadMore();
    // A page that is on its way is not asked for twice.
    list.loadMore();
    await shows(list, 'aceg');
    await makeApiKey(server(), organizationId, { name: 'b' });
    list.reload();
    await shows(list, 'abce');
    list.loadMore();
    await shows(list, 'abcegi');
    expect(list.rows().hasMore).toBe(false);
    for (const name of ['a', 'c', 'e', 'g']) await revoke(keys.get(name) ?? '');
    list.reload();
    await shows(list, 'bi');
    expect(list.rows()).toMatchObject({ totalCount: 2, hasMore: false });
  });

  test('loads every page without being asked where it has to be whole', async () => {
    const { client, organizationId } = await withKeys(['a', 'b', 'c', 'd', 'e']);
    const list = follow(keyList(client, organizationId, { size: 2, whole: true }));
    await shows(list, 'abcde');
    await makeApiKey(server(), organizationId, { name: 'f' });
    list.reload();
    await shows(list, 'abcdef');
  });

  test('asks again only for pages near the rows on the screen', async () => {
    const names = Array.from({ length: 70 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const { client, organizationId, requests } = await withKeys(names);
    const list = follow(keyList(client, organizationId, { size: 60 }));
    await eventually(() => list.rows().rows.length === 60);
    list.loadMore();
    await shows(list, names.join(''));
    list.look(0, 5);
    requests.length = 0;
    list.reload();
    await eventually(() => requests.length === 1 && requests.every(({ answered }) => answered));
    expect(requests).toMatchObject([{ variables: { after: null } }]);
    expect(list.rows().rows).toHaveLength(70);
    list.look(60, 69);
    await eventually(() => requests.length > 1);
    expect(requests.at(-1)?.variables.after).toEqual(expect.any(String));
  });

  test('keeps the pages of an append-only list, and asks only for what is newer', async () => {
    const { client, organizationId, requests } = await withKeys(['a', 'b', 'c', 'd']);
    const list = follow(logList(client, organizationId));
    await eventually(() => list.rows().rows.length === 2);
    list.loadMore();
    await eventually(() => list.rows().rows.length === 4);
    requests.length = 0;
    // More than one page of them.
    for (const name of ['e', 'f', 'g', 'h', 'i']) await makeApiKey(server(), organizationId, { name });
    list.reload();
    await eventually(() => list.rows().rows.length === 9);
    expect(isGapless(list.rows().rows)).toBe(true);
    await eventually(() => requests.every(({ answered }) => answered));
    expect(requests.every(({ variables }) => variables.before)).toBe(true);
    expect(list.rows()).toMatchObject({ hasMore: true, loading: false });
    // Said while a request is on its way, which may have missed it: asked once more.
    requests.length = 0;
    list.reload();
    list.reload();
    list.reload();
    await eventually(() => requests.length === 2 && requests.every(({ answered }) => answered));
    await makeApiKey(server(), organizationId, { name: 'j' });
    list.reload();
    await eventually(() => list.rows().rows.length === 10);
    expect(isGapless(list.rows().rows)).toBe(true);
    expect(requests).toHaveLength(3);
  });

  test('an append-only list that was empty gets its first rows', async () => {
    const { client, organizationId } = await withKeys([]);
    const list = follow(logList(client, organizationId, 'api_key.created'));
    await eventually(() => !list.rows().loading);
    expect(list.rows()).toMatchObject({ rows: [], hasMore: false, error: null });
    await makeApiKey(server(), organizationId, { name: 'a' });
    list.reload();
    await eventually(() => list.rows().rows.length === 1);
  });

  test('has a change that came while an older response was on its way', async () => {
    const { client, organizationId, keys, gate } = await withKeys(['a', 'b', 'c']);
    let changed = () => {};
    const live = (listener: () => void) => {
      changed = listener;
      return () => {};
    };
    const list = follow(keyList(client, organizationId, { size: 2, live }));
    await shows(list, 'ab');
    gate.hold();
    list.reload();
    await eventually(() => gate.held > 0);
    await revoke(keys.get('b') ?? '');
    changed();
    gate.open();
    await shows(list, 'ac');
  });

  test('says what failed, keeps its rows, and loads the page that failed when asked again', async () => {
    for (const kind of ['keys', 'log'] as const) {
      const { client, organizationId, outage } = await withKeys(['a', 'b', 'c']);
      const list = follow(
        kind === 'keys' ? keyList(client, organizationId, { size: 2 }) : logList(client, organizationId),
      );
      await eventually(() => list.rows().rows.length === 2);
      outage.on = true;
      list.loadMore();
      await eventually(() => list.rows().error !== null);
      expect(list.rows()).toMatchObject({ hasMore: true, loading: false });
      expect(list.rows().rows).toHaveLength(2);
      outage.on = false;
      list.loadMore();
      await eventually(() => list.rows().rows.length > 2);
      expect(list.rows().error).toBeNull();
      outage.on = true;
      list.reload();
      await eventually(() => list.rows().error !== null);
      outage.on = false;
      list.reload();
      await eventually(() => list.rows().error === null);
    }
  });

  test('says that it has nothing for a viewer without access, and asks nothing once nobody looks', async () => {
    const { organizationId } = await withKeys(['a']);
    const { client, requests } = await withKeys([]);
    const list = keyList(client, organizationId, { size: 2 });
    const leave = list.watch(() => {});
    await eventually(() => list.rows().error !== null);
    expect(list.rows()).toMatchObject({ rows: [], loading: false, hasMore: false });
    leave();
    requests.length = 0;
    list.reload();
    list.loadMore();
    expect(requests).toEqual([]);
  });

  async function withKeys(names: readonly string[]) {
    const { organizationId, sessionToken } = await makeMember(server());
    const keys = new Map<string, string>();
    for (const name of names) keys.set(name, (await makeApiKey(server(), organizationId, { name })).id);
    const requests: { readonly variables: Place; answered: boolean }[] = [];
    const outage = { on: false };
    const gate = new Gate();
    const client = new Client({
      url: `${server().url}/graphql`,
      preferGetMethod: false,
      exchanges: [normalizedCache(), fetchExchange],
      fetchOptions: { headers: { Authorization: `Bearer ${sessionToken}` } },
      fetch: async (input, init) => {
        if (outage.on) throw new TypeError('The server is away');
        const request = { variables: JSON.parse(String(init?.body)).variables as Place, answered: false };
        requests.push(request);
        const response = await fetch(input, init);
        const copy = response.clone();
        await copy.text();
        await gate.pass();
        request.answered = true;
        return response;
      },
    });
    return { client, organizationId, keys, requests, outage, gate };
  }

  function keyList(
    client: Client,
    organizationId: string,
    { size, ...options }: { size: number } & Pick<ListQuery<unknown, Row, Variables>, 'whole' | 'live'>,
  ) {
    return new PagedList<{ apiKeys: ListPage<Row> }, Row, Variables>(client, {
      document: KEYS,
      variables: (after) => ({ organizationId, first: size, after }),
      pageOf: ({ apiKeys }) => apiKeys,
      ...options,
    });
  }

  async function revoke(id: string) {
    await revokeApiKey(contextFor(server().services, systemPrincipal('test')), { id });
  }
});

/** Holds responses that have arrived. */
class Gate {
  held = 0;
  #opened: Promise<void> = Promise.resolve();
  open = () => {};

  hold(): void {
    this.#opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  async pass(): Promise<void> {
    this.held += 1;
    await this.#opened;
    this.held -= 1;
  }
}

type List = Pick<PagedList<unknown, Row, Variables>, 'watch' | 'rows' | 'loadMore' | 'reload' | 'look'>;

/** Two entries a page, the latest first. */
function logList(client: Client, organizationId: string, action?: string) {
  return new PagedList<{ organization: { auditLog: ListPage<Row> } }, Row, Variables>(client, {
    document: LOG,
    variables: (after, before) => ({
      organizationId,
      filter: action ? { actions: [action] } : {},
      ...(before === null ? { first: 2, after } : { last: 2, before }),
    }),
    pageOf: ({ organization }) => organization.auditLog,
    appendOnly: true,
  });
}

function follow(list: List): List {
  onTestFinished(list.watch(() => {}));
  return list;
}

async function shows(list: List, names: string): Promise<void> {
  await eventually(
    () =>
      list
        .rows()
        .rows.map(({ name }) => name)
        .join('') === names,
  );
}

function isGapless(rows: readonly Row[]): boolean {
  const newest = Number(rows[0]?.sequence);
  return rows.every(({ sequence }, index) => Number(sequence) === newest - index);
}
