import { expect, test } from 'vitest';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED, present, rename, USED } from '../../support/live.ts';
import { areLive, connectLive, type Operation } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';

onEachDatabase('subscribers with the same document', (engine) => {
  const server = serverOn(engine);

  /** How often a table was read from while something was done. */
  async function readsDuring(table: string, work: () => Promise<unknown>): Promise<number> {
    const { statements } = server();
    statements.length = 0;
    await work();
    return statements.filter((text) => text.startsWith('select') && text.includes(`from "${table}"`)).length;
  }

  async function watch(count: number, query: string, variables = {}): Promise<Operation[]> {
    const owner = await makeMember(server());
    const operations: Operation[] = [];
    for (let n = 0; n < count; n += 1) {
      const { organizationId } = owner;
      const { sessionToken } = n === 0 ? owner : await makeMember(server(), { organizationId });
      operations.push((await connectLive(server(), sessionToken)).subscribe(query, variables));
    }
    await areLive(server(), count);
    return operations;
  }

  test('and permissions share one execution: each more costs no read', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const key = await makeApiKey(server(), organizationId);
    const query =
      'subscription { apiKeyChanged { cursor apiKey { name teams { id } createdBy { __typename } } } }';
    const reads: number[] = [];
    const operations: Operation[] = [];
    for (const subscribers of [1, 20]) {
      while (operations.length < subscribers) {
        const { sessionToken } = await makeMember(server(), { organizationId });
        operations.push((await connectLive(server(), sessionToken)).subscribe(query));
      }
      await areLive(server(), subscribers);
      expect(server().app.liveServer.subscriptions.counts.groups).toBe(1);
      const before = operations.map(({ events }) => events.length);
      const change = async () => {
        await rename(server(), key.id, `For ${subscribers}`);
        await Promise.all(operations.map((one, n) => one.received((before[n] ?? 0) + 1)));
      };
      reads.push(await readsDuring('api_key_teams', change));
    }
    expect(reads[1]).toBe(reads[0]);
    const last = operations.map(({ events }) => events.at(-1));
    for (const event of last) expect(event).toEqual(last[0]);
  });

  test('but other variables, where they count for results, other permissions or organizations do not', async () => {
    const owner = await makeMember(server());
    const { organizationId } = owner;
    const member = await makeMember(server(), { organizationId, role: 'member' });
    const stranger = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    await rename(server(), key.id, 'Twice changed');
    const query = `subscription ($n: Int = 1, $after: String) {
      apiKeyChanged(after: $after) { apiKey { name auditLog(first: $n) { nodes { action } } } }
    }`;
    const sockets = [];
    for (const { sessionToken } of [owner, member, stranger])
      sockets.push(await connectLive(server(), sessionToken));
    const [mine, members, strangers] = sockets;
    const left = mine?.subscribe(query);
    const two = mine?.subscribe(query, { n: 2 });
    const nothing = mine?.subscribe(query, { n: null });
    const replayed = mine?.subscribe(query, { after: encodeCursor(organizationId, 1_000_000) });
    expect(await replayed?.failed()).toBe('CURSOR_INVALID');
    const theirs = members?.subscribe(query);
    const elsewhere = strangers?.subscribe(query);
    await areLive(server(), 5);
    expect(server().app.liveServer.subscriptions.counts.groups).toBe(5);
    await rename(server(), key.id, 'Thrice changed');
    const rows = async (operation: Operation | undefined) =>
      (await operation?.received(1))?.[0].apiKey.auditLog.nodes.length;
    expect([await rows(left), await rows(two), await rows(nothing)]).toEqual([1, 2, 3]);
    await theirs?.received(1);
    expect(theirs?.messages[0]?.payload.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(elsewhere?.messages).toEqual([]);
  });

  test('share also where they ask for other keys or another past', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    socket.subscribe(CHANGED);
    socket.subscribe(CHANGED, { after: encodeCursor(organizationId, 0) });
    socket.subscribe(CHANGED, { apiKeyIds: [key.id] });
    await areLive(server(), 3);
    expect(server().app.liveServer.subscriptions.counts.groups).toBe(1);
  });

  test('of uses share channels, whatever their fields', async () => {
    const operations = await watch(4, USED, { minIntervalMs: 100 });
    const { live } = server().app.services as unknown as { live: { uses: { size: number } } };
    expect(live.uses.size).toBe(1);
    expect(server().app.liveServer.subscriptions.counts.groups).toBe(1);
    const { organization_id } = await server()
      .services.db.selectFrom('memberships')
      .select('organization_id')
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    const key = await makeApiKey(server(), organization_id);
    await present(server(), key.secret);
    for (const operation of operations) expect(await operation.received(1)).toEqual(operations[0]?.events);
  });
});
