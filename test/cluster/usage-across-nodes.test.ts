import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DenialEvent, UseEvent } from '../../src/changes/events.ts';
import { BROADCAST } from '../../src/cluster/notification-channels.ts';
import { RelayedUsage } from '../../src/cluster/relayed-usage.ts';
import { UsageRelay } from '../../src/cluster/usage-relay.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { anyone, present, USED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { makeApiKey, makeMember, type TestServer } from '../support/server.ts';
import { servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';
import { startNodes } from './nodes.ts';

/** Hears what every node is told. */
async function eavesdrop({ services }: TestServer): Promise<{ type: string; at: number }[]> {
  const heard: { type: string; at: number }[] = [];
  const client = new pg.Client({ connectionString: services.config.databaseUrl });
  await client.connect();
  client.on('notification', ({ payload }) => {
    heard.push({ ...JSON.parse(payload ?? ''), at: performance.now() });
  });
  await client.query(`listen ${BROADCAST}`);
  onTestFinished(() => client.end());
  return heard;
}

function sum(events: readonly { count: number }[]): number {
  return events.reduce((total, { count }) => total + count, 0);
}

/** Waits until a node knows that its uses are watched elsewhere: by a key of its own, whose events are not counted. */
async function untilWatched(
  node: TestServer,
  organizationId: string,
  watching: { readonly events: readonly { apiKey: { id: string } }[] },
): Promise<void> {
  const { id, secret } = await makeApiKey(node, organizationId);
  await eventually(async () => {
    await verifyApiKey(anyone(node), { key: secret, ip: '203.0.113.1', permissions: ['none.such'] });
    await present(node, secret);
    return watching.events.some(({ apiKey }) => apiKey.id === id);
  });
}

describe('uses on one node', () => {
  test('reach who watches on another: the newest, with the count of all, a few times a second', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const member = await makeMember(one);
    const { id, secret } = await makeApiKey(one, member.organizationId);
    const heard = await eavesdrop(one);
    const used = () => heard.filter(({ type }) => type === 'usage');
    await present(one, secret, '192.0.2.7');

    const socket = await connectLive(other, member.sessionToken);
    const watching = socket.subscribe(USED, { minIntervalMs: 100 });
    const ofKey = () => watching.events.filter(({ apiKey }) => apiKey.id === id);
    await areLive(other, 1);
    expect(used()).toEqual([]);
    await untilWatched(one, member.organizationId, watching);
    const before = used().length;

    const start = performance.now();
    let presented = 0;
    while (performance.now() - start < 1_200) {
      one.clock.advance(1);
      await Promise.all(Array.from({ length: 20 }, () => present(one, secret, '192.0.2.7')));
      presented += 20;
      await new Promise((done) => setTimeout(done, 5));
    }
    const seconds = (performance.now() - start) / 1_000;
    await eventually(() => sum(ofKey()) >= presented);
    expect(sum(ofKey())).toBe(presented);
    const last = ofKey().at(-1);
    expect(last).toMatchObject({ lastUsedIp: '192.0.2.7', apiKey: { id } });
    expect(Date.parse(last.lastUsedAt)).toBe(one.clock.now());
    expect(last.apiKey.lastUsedAt).toBe(last.lastUsedAt);
    expect(used().length - before).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 2);

    watching.complete();
    await eventually(async () => {
      const rows = await one.services.db.selectFrom('node_watches').selectAll().execute();
      return rows.length === 0;
    });
    // Until it knows that nobody watches any more.
    await eventually(async () => {
      const sentBefore = used().length;
      await present(one, secret);
      await new Promise((done) => setTimeout(done, 400));
      return used().length === sentBefore;
    });
    const sent = used().length;
    for (let number = 0; number < 50; number += 1) await present(one, secret);
    await one.services.usage.flush();
    expect(used().length).toBe(sent);
  });

  test('reach who watches on a node that was cut off for a while', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const member = await makeMember(one);
    const { id, secret } = await makeApiKey(one, member.organizationId);
    const socket = await connectLive(other, member.sessionToken);
    const watching = socket.subscribe(USED, { minIntervalMs: 100 });
    const ofKey = () => watching.events.filter(({ apiKey }) => apiKey.id === id);
    await untilWatched(one, member.organizationId, watching);
    await present(one, secret);
    await eventually(() => sum(ofKey()) === 1);
    for (let round = 1; round <= 3; round += 1) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'keywright listener'`.execute(
        one.services.db,
      );
      for (let number = 0; number < 20; number += 1) await present(one, secret);
      await eventually(() => sum(ofKey()) === 1 + 20 * round);
    }
  });

  test('reach nobody who watches another organization', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const [watched, quiet] = [await makeMember(one), await makeMember(one)];
    const { secret } = await makeApiKey(one, quiet.organizationId);
    const heard = await eavesdrop(one);
    const socket = await connectLive(other, watched.sessionToken);
    socket.subscribe(USED, { minIntervalMs: 100 });
    await eventually(() => heard.some(({ type }) => type === 'watches'));
    for (let number = 0; number < 50; number += 1) await present(one, secret);
    await new Promise((done) => setTimeout(done, 400));
    expect(heard.filter(({ type }) => type === 'usage')).toEqual([]);
  });

  test('are refused ones too: of each key and code the newest', async () => {
    const [one, other] = (await startNodes(2)) as [TestServer, TestServer];
    const member = await makeMember(one);
    const { id, secret } = await makeApiKey(one, member.organizationId, { ipAllowlist: ['192.0.2.0/24'] });
    const socket = await connectLive(other, member.sessionToken);
    const denied = socket.subscribe('subscription { apiKeyDenied { code count ip apiKey { id } } }');
    const ofKey = () => denied.events.filter(({ apiKey }) => apiKey.id === id);
    await untilWatched(one, member.organizationId, denied);
    for (let number = 0; number < 30; number += 1)
      await verifyApiKey(anyone(one), { key: secret, ip: '198.51.100.1' });
    await eventually(() => sum(ofKey()) === 30);
    expect(ofKey().at(-1)).toMatchObject({
      code: 'IP_NOT_ALLOWED',
      ip: '198.51.100.1',
      apiKey: { id },
    });
  });
});

describe('what is relayed', () => {
  const services = servicesOn('postgres');
  const use = (number: number) => ({
    type: 'use' as const,
    organizationId: 'org',
    keyId: `key ${number % 3}`,
    secretId: 'secret',
    at: number,
    ip: null,
  });

  /** Reads what is relayed, from what is there now on. */
  async function reading(over: Partial<ConstructorParameters<typeof RelayedUsage>[0]> = {}) {
    const heard: { keyId: string | null; at: number; count?: number }[] = [];
    let reads = 0;
    const counting = (over.db ?? services().db).withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        reads += 1;
        return result;
      },
    });
    const receive = (event: UseEvent | DenialEvent) => void heard.push(event);
    const reader = new RelayedUsage({ ownId: 'own', receive, wanted: () => true, ...over, db: counting });
    onTestFinished(() => reader.stop());
    reader.heard();
    await eventually(() => reads > 0);
    return { reader, heard, reads: () => reads };
  }

  /** Sends usage of these numbers, each in a row of its own. */
  async function send(nodeId: string, ...numbers: readonly number[]): Promise<void> {
    const rows = numbers.map((number) => ({
      node_id: nodeId,
      number,
      events: JSON.stringify([{ ...use(number), count: 1 }]),
    }));
    await services().db.insertInto('relayed_usage').values(rows).execute();
  }

  test('is read once and in order, however often and late it is heard of', async () => {
    const { db } = services();
    const relay = new UsageRelay(db, 'sender');
    onTestFinished(() => relay.stop());
    const { reader, heard } = await reading();
    const rows = () => db.selectFrom('relayed_usage').select('number').execute();
    for (let sent = 1; sent <= 3; sent += 1) {
      for (let number = 100 * (sent - 1); number < 100 * sent; number += 1) relay.add(use(number));
      await eventually(async () => (await rows()).length === sent);
      if (sent === 1) reader.heard();
    }
    for (let time = 0; time < 4; time += 1) reader.heard();
    await eventually(() => sum(heard as { count: number }[]) === 300);
    const ofOne = heard.filter(({ keyId }) => keyId === 'key 1').map(({ at }) => at);
    expect(ofOne).toEqual([...ofOne].sort((a, b) => a - b));
    expect(ofOne.at(-1)).toBe(298);
  });

  test('is read of every node, of one that comes later from its first', async () => {
    await send('early', 41, 42);
    const { reader, heard } = await reading();
    await send('early', 43);
    await send('late', 1, 2);
    reader.heard();
    await eventually(() => heard.length === 3);
    expect(heard.map(({ at }) => at).sort((a, b) => a - b)).toEqual([1, 2, 43]);
  });

  test('is not passed on of a time when nobody watched', async () => {
    let wanted = false;
    const { reader, heard, reads } = await reading({ wanted: () => wanted });
    await send('unwatched', 1, 2);
    const before = reads();
    reader.heard();
    await eventually(() => reads() > before);
    wanted = true;
    await send('unwatched', 3);
    reader.heard();
    await eventually(() => heard.length === 1);
    expect(heard[0]?.at).toBe(3);
  });

  test('has few reads, however often it is said to be there', async () => {
    const { reader, heard, reads } = await reading();
    const start = performance.now();
    for (let time = 0; time < 100_000; time += 1) reader.heard();
    await send('said', 1);
    reader.heard();
    await eventually(() => heard.length === 1);
    // Of two queries each, and none sooner than 100 ms after the last.
    expect(reads()).toBeLessThanOrEqual(2 * (2 + (performance.now() - start) / 100));
  });

  test('is read also where it came unheard while something else was read', async () => {
    let arrive = () => {};
    const arrival = new Promise<void>((resolve) => (arrive = resolve));
    const { db } = services();
    // What a read has found arrives when the test says so.
    let isSlow = false;
    let reads = 0;
    const slow = db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        reads += 1;
        if (isSlow) await arrival;
        return result;
      },
    });
    const heard: unknown[] = [];
    const receive = (event: UseEvent | DenialEvent) => void heard.push(event);
    const reader = new RelayedUsage({ db: slow, ownId: 'own', receive, wanted: () => true });
    onTestFinished(() => reader.stop());
    reader.heard();
    await eventually(() => reads === 1);
    isSlow = true;
    await send('unheard', 1);
    reader.heard();
    await eventually(() => reads === 2);
    await send('unheard', 2);
    reader.heard();
    arrive();
    await eventually(() => heard.length === 2);
  });

  test('is read again, unasked, where the database was away', async () => {
    let away = false;
    let failures = 0;
    const unsteady = services().db.withPlugin({
      transformQuery: ({ node }) => {
        if (away) failures += 1;
        if (away) throw new Error('The database is away');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const { reader, heard } = await reading({ db: unsteady });
    await send('waiting', 1);
    away = true;
    reader.heard();
    // The read that fails has been tried once it is known to have failed.
    await eventually(() => failures > 0);
    away = false;
    await eventually(() => heard.length === 1);
  });

  test('is sent again, and counts once, where the database was away', async () => {
    const { db } = services();
    let away = true;
    const unsteady = new Proxy(db, {
      get(target, name) {
        if (away) throw new Error('The database is away');
        const found: unknown = Reflect.get(target, name);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
    const relay = new UsageRelay(unsteady, 'unsteady');
    onTestFinished(() => relay.stop());
    relay.add(use(1));
    await new Promise((done) => setTimeout(done, 100));
    relay.add(use(1));
    const { reader, heard } = await reading();
    away = false;
    await eventually(() => {
      reader.heard();
      return heard.reduce((total, { count = 1 }) => total + count, 0) === 2;
    });
  });
});
