import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { decodeBroadcast } from '../../src/cluster/messages.ts';
import { BROADCAST, directChannel } from '../../src/cluster/notification-channels.ts';
import { newId } from '../../src/core/ids.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { anyone, present, USED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { makeApiKey, makeMember, startTestServer, type TestServer } from '../support/server.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { openTransactionPooler } from '../support/transaction-pooler.ts';
import { eventually } from '../support/wait.ts';

const LEASE_MS = 1_000;

interface Heard {
  readonly channel: string;
  readonly text: string;
}

async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createTestDatabaseUrl('postgres');
  onTestFinished(drop);
  return url;
}

async function startNode(databaseUrl: string, listenUrl: string | null): Promise<TestServer> {
  const cluster = { listenUrl, leaseMs: LEASE_MS, redisUrl: null };
  const node = await startTestServer('postgres', { databaseUrl, config: { cluster } });
  onTestFinished(() => node.close());
  return node;
}

async function codeAt(node: TestServer, key: string): Promise<string> {
  return (await verifyApiKey(anyone(node), { key })).code;
}

/** A user of the same server who was given nothing but what everybody has: to connect, to listen and to notify. */
async function openStranger(url: string): Promise<pg.Client> {
  const name = `stranger_${randomBytes(6).toString('hex')}`;
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  onTestFinished(() => owner.end());
  await owner.query(`create role ${name} login password 'nobody'`);
  const own = new URL(url);
  own.username = name;
  own.password = 'nobody';
  const stranger = new pg.Client({ connectionString: own.href });
  await stranger.connect();
  onTestFinished(async () => {
    await stranger.end();
    await owner.query(`drop role ${name}`);
  });
  return stranger;
}

/** Listens to all and to each node that says anything to all; gives what it hears. */
async function listenToEverything(stranger: pg.Client): Promise<{ heard: Heard[]; nodes: Set<string> }> {
  const heard: Heard[] = [];
  const nodes = new Set<string>();
  stranger.on('notification', ({ channel, payload = '' }) => {
    heard.push({ channel, text: payload });
    const message = decodeBroadcast(payload);
    if (!message || nodes.has(message.from)) return;
    const { from } = message;
    nodes.add(from);
    void stranger.query(`listen ${pg.escapeIdentifier(directChannel(from))}`);
  });
  await stranger.query(`listen ${BROADCAST}`);
  return { heard, nodes };
}

/** Says it; where the connection ends meanwhile, nothing. */
async function say(by: pg.Client, channel: string, message: unknown): Promise<void> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  await by.query('select pg_notify($1, $2)', [channel, text]).catch(() => {});
}

describe('whoever can do no more than connect to the database', () => {
  test('reads nothing of it', async () => {
    const url = await emptyDatabase();
    const stranger = await openStranger(url);
    for (const table of ['nodes', 'api_key_secrets', 'relayed_usage'])
      await expect(stranger.query(`select * from ${table}`)).rejects.toThrow('permission denied');
  });

  test('can’t have a change answered by confirming it in another node’s name', async () => {
    const url = await emptyDatabase();
    const way = await openProxy(Number(new URL(url).port));
    const [one, cut] = [await startNode(url, null), await startNode(url, way.through(url))];
    const stranger = await openStranger(url);
    const { heard, nodes } = await listenToEverything(stranger);
    const { organizationId } = await makeMember(one);
    await makeMember(cut);
    await eventually(() => nodes.size === 2);
    const keys = [];
    for (let number = 0; number < 3; number += 1) keys.push(await makeApiKey(one, organizationId));
    const [first, ...rest] = keys;
    if (!first) throw new Error('There is no key');
    await revokeApiKey(anyone(one), { id: first.id });
    for (const { secret } of rest) expect(await codeAt(cut, secret)).toBe('VALID');
    expect(cut.services.bus.isCurrent()).toBe(true);

    // From now on, it says to everybody all that could pass for a confirmation, old ones included, at every change.
    const old = heard.filter(({ text }) => text.includes('confirmed'));
    expect(old).not.toEqual([]);
    stranger.on('notification', ({ payload = '' }) => {
      const { type, id } = JSON.parse(payload);
      if (type !== 'change') return;
      for (const to of nodes) {
        for (const from of nodes) {
          const proofs = [id, '', null, true, ...old.flatMap(({ text }) => JSON.parse(text).changes ?? [])];
          const changes = proofs.map((proof) => [id, Array.isArray(proof) ? proof[1] : proof]);
          void say(stranger, directChannel(to), { type: 'confirmed', from, changes, ids: [id] });
        }
        for (const { channel, text } of heard.slice(-50)) void say(stranger, channel, text);
      }
    });
    way.swallow();
    const revoked = await Promise.all(rest.map(({ id }) => revokeApiKey(anyone(one), { id })));
    for (const { propagation } of revoked)
      expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 2 });
    for (const { secret } of rest) expect(await codeAt(cut, secret)).toBe('REVOKED');
  });

  test('can’t make a node believe that it hears where changes are made', async () => {
    const [url, elsewhere] = [await emptyDatabase(), await emptyDatabase()];
    const [here, there] = [await openStranger(url), await openStranger(elsewhere)];
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      const said = new Set<string>();
      await listenToEverything(from);
      // Once each, or the two would say it to each other for ever.
      from.on('notification', ({ channel, payload = '' }) => {
        if (!said.has(payload)) void say(to, channel, payload);
        said.add(payload);
      });
    }
    const misled = await startNode(url, elsewhere);
    const { organizationId } = await makeMember(misled);
    const { id, secret } = await makeApiKey(misled, organizationId);
    // Nothing else tells that two leases have passed: nothing that it says comes back.
    const end = performance.now() + 2 * LEASE_MS;
    while (performance.now() < end) {
      expect(await codeAt(misled, secret)).toBe('VALID');
      expect(misled.services.bus.isCurrent()).toBe(false);
    }
    await revokeApiKey(anyone(misled), { id });
    expect(await codeAt(misled, secret)).toBe('REVOKED');
    expect(misled.services.keys.counts.hits).toBe(0);
  });

  test('can’t silence uses and denials, whatever it says of them', async () => {
    const url = await emptyDatabase();
    const [one, other] = [await startNode(url, null), await startNode(url, null)];
    const member = await makeMember(one);
    await makeMember(other);
    const stranger = await openStranger(url);
    const rows = await one.services.db.selectFrom('nodes').select('id').execute();
    const lie = async () => {
      for (const { id: from } of rows)
        for (const number of [2 ** 53 - 1, 0, -5, 1, 'x', null, 1e300])
          await say(stranger, BROADCAST, { type: 'usage', from, number });
    };
    await lie();
    const { id, secret } = await makeApiKey(one, member.organizationId, { ipAllowlist: ['192.0.2.0/24'] });
    const socket = await connectLive(other, member.sessionToken);
    const used = socket.subscribe(USED, { minIntervalMs: 100 });
    const denied = socket.subscribe('subscription { apiKeyDenied { count apiKey { id } } }');
    await areLive(other, 2);
    const sum = (events: readonly { count: number; apiKey: { id: string } }[]) =>
      events.reduce((total, { count, apiKey }) => total + (apiKey.id === id ? count : 0), 0);
    // Until the one knows that the other watches.
    await eventually(async () => {
      await lie();
      await present(one, secret, '192.0.2.1');
      return sum(used.events) > 0;
    });
    const before = sum(used.events);
    await eventually(() => one.services.bus.isCurrent());
    for (let round = 0; round < 5; round += 1) {
      await lie();
      await present(one, secret, '192.0.2.1');
      await present(one, secret, '198.51.100.1');
      await lie();
    }
    await eventually(() => sum(used.events) >= before + 5 && sum(denied.events) === 5);
  });

  test('stops no change, verification or confirmation by saying much', async () => {
    const url = await emptyDatabase();
    const [one, other] = [await startNode(url, null), await startNode(url, null)];
    const { organizationId } = await makeMember(one);
    const strangers = [await openStranger(url), await openStranger(url)];
    const { heard, nodes } = await listenToEverything(strangers[0] as pg.Client);
    await makeMember(other);
    await eventually(() => nodes.size > 0);
    const rows = await one.services.db.selectFrom('nodes').select('id').execute();
    let ended = false;
    let said = 0;
    const flood = async (stranger: pg.Client): Promise<void> => {
      while (!ended) {
        said += 1;
        const from = rows[said % rows.length]?.id ?? '';
        const stale = { organizationId, first: 1, last: 2 ** 53 - 1 - said, keyIds: said % 2 ? null : [] };
        const change = { type: 'change', from, id: newId('evt'), stale: said % 3 ? [stale] : null };
        for (const message of [
          change,
          { ...change, from: `made-up-${said}` },
          { type: 'watches', from },
          'x',
        ])
          await say(stranger, BROADCAST, message);
        const last = [...heard].reverse().find(({ text }) => text.includes('"change"'));
        const { id } = JSON.parse(last?.text ?? '{}');
        const changes = Array.from({ length: 100 }, (_, index) => [id, `${said}-${index}`.padEnd(22, 'x')]);
        for (const row of rows)
          await say(stranger, directChannel(row.id), { type: 'confirmed', from, changes });
      }
    };
    const flooding = strangers.map(flood);
    await eventually(() => said > 50);
    for (let round = 0; round < 5; round += 1) {
      const { id, secret } = await makeApiKey(one, organizationId);
      for (const node of [one, other]) expect(await codeAt(node, secret)).toBe('VALID');
      await revokeApiKey(anyone(one), { id });
      for (const node of [one, other]) expect(await codeAt(node, secret)).toBe('REVOKED');
    }
    ended = true;
    await Promise.all(flooding);
    const { id } = await makeApiKey(one, organizationId);
    await eventually(() => [one, other].every((node) => node.services.bus.isCurrent()));
    const { propagation } = await revokeApiKey(anyone(one), { id });
    expect(propagation).toMatchObject({ confirmedNodes: 2, totalNodes: 2 });
  });

  test('stops no node by saying what makes no sense', async () => {
    const url = await emptyDatabase();
    const [one, other] = [await startNode(url, null), await startNode(url, null)];
    const stranger = await openStranger(url);
    const { nodes } = await listenToEverything(stranger);
    const { organizationId } = await makeMember(one);
    await makeMember(other);
    await eventually(() => nodes.size === 2);
    await stranger.query('unlisten *');
    const { id, secret } = await makeApiKey(one, organizationId);
    expect(await codeAt(other, secret)).toBe('VALID');
    const far = { organizationId, first: -1e9, last: 1e15, keyIds: [] };
    const stales = [null, 5, 'x', {}, [null], [{}], [{ ...far, keyIds: 5 }], [far], [{ ...far, first: 'x' }]];
    const messages: unknown[] = ['', '{', 'null', '[]', '{"type":"usage","from":"x","number":1e400}'];
    for (const stale of stales)
      messages.push({ type: 'change', from: 'x'.repeat(200), id: 'evt', stale }, { type: 'change', stale });
    for (const type of ['beat', 'confirmed', 'usage', 'watches', 'constructor'])
      messages.push({ type }, { type, from: {}, changes: [5], word: {}, number: 'x' });
    for (const message of messages)
      for (const channel of [BROADCAST, ...[...nodes].map(directChannel)])
        await say(stranger, channel, message);
    expect(await codeAt(other, secret)).toBe('VALID');
    const { propagation } = await revokeApiKey(anyone(one), { id });
    expect(propagation).toMatchObject({ confirmedNodes: 2, totalNodes: 2 });
    expect(await codeAt(other, secret)).toBe('REVOKED');
  });
});

describe('a node that listens through a pooler in transaction mode', () => {
  test('never goes by what it remembers, says why, and is not waited for longer than its lease', async () => {
    const url = await emptyDatabase();
    const pooler = await openTransactionPooler(url);
    const [one, pooled] = [await startNode(url, null), await startNode(url, pooler.url)];
    const { organizationId } = await makeMember(one);
    for (let round = 0; round < 3; round += 1) {
      const { id, secret } = await makeApiKey(one, organizationId);
      await sql`select pg_sleep(${LEASE_MS / 2_000})`.execute(one.services.db);
      for (let time = 0; time < 3; time += 1) expect(await codeAt(pooled, secret)).toBe('VALID');
      await revokeApiKey(anyone(one), { id });
      expect(await codeAt(pooled, secret)).toBe('REVOKED');
    }
    expect(pooler.dropped()).toBeGreaterThan(0);
    expect(pooled.services.keys.counts.hits).toBe(0);
    const warnings = pooled.lines.filter((line) => line.includes('"level":40'));
    expect(warnings).toEqual([expect.stringContaining('listens through a pooler')]);
  });
});
