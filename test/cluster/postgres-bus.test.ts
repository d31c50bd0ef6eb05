import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ChangeEvent } from '../../src/changes/events.ts';
import type { Confirmed } from '../../src/cluster/bus.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { makeApiKey, makeMember, type TestServer } from '../support/server.ts';
import { eventually } from '../support/wait.ts';
import { startNodes } from './nodes.ts';

async function codeAt(node: TestServer, key: string): Promise<string> {
  return (await verifyApiKey(anyone(node), { key })).code;
}

function firstOf(nodes: readonly TestServer[]): TestServer {
  const [first] = nodes;
  if (!first) throw new Error('There is no node');
  return first;
}

describe('a node that listens elsewhere than changes are made', () => {
  test('never goes by what it remembers, and is not waited for longer than its lease', async () => {
    const other = await createTestDatabaseUrl('postgres');
    onTestFinished(other.drop);
    const cluster = { listenUrl: other.url, leaseMs: 400, redisUrl: null };
    const [misled] = (await startNodes(1, { config: { cluster } })) as [TestServer];
    const { organizationId } = await makeMember(misled);
    const { id, secret } = await makeApiKey(misled, organizationId);
    const { keys, bus } = misled.services;
    for (let time = 0; time < 3; time += 1) expect(await codeAt(misled, secret)).toBe('VALID');
    // Nothing else tells that two leases have passed: nothing that it says comes back.
    const end = performance.now() + 2 * cluster.leaseMs;
    while (performance.now() < end) {
      expect(await codeAt(misled, secret)).toBe('VALID');
      expect(bus.isCurrent()).toBe(false);
    }
    expect(keys.counts.hits).toBe(0);
    await revokeApiKey(anyone(misled), { id });
    expect(await codeAt(misled, secret)).toBe('REVOKED');
  });
});

describe('a change on one node', () => {
  test('is known on all of them before it is answered, and the answer says so', async () => {
    const nodes = await startNodes(3);
    const first = firstOf(nodes);
    const { organizationId } = await makeMember(first);
    for (let round = 0; round < 20; round += 1) {
      const { id, secret } = await makeApiKey(first, organizationId);
      for (const node of nodes) expect(await codeAt(node, secret)).toBe('VALID');
      const by = nodes[round % nodes.length] ?? first;
      const { propagation } = await revokeApiKey(anyone(by), { id });
      const codes = await Promise.all(nodes.map((node) => codeAt(node, secret)));
      expect(codes).toEqual(['REVOKED', 'REVOKED', 'REVOKED']);
      // All confirmed: none was waited for until its lease was over.
      expect(propagation).toMatchObject({ confirmedNodes: 3, totalNodes: 3 });
    }
  });

  test('is answered only after those that the others have notified confirmed it, and they count', async () => {
    const [first, second] = (await startNodes(2)) as [TestServer, TestServer];
    const { organizationId } = await makeMember(first);
    const { id } = await makeApiKey(first, organizationId);
    let heard = 0;
    let confirm = (_: Confirmed) => {};
    const stop = second.services.bus.onInvalidate(({ keyIds }) => {
      if (!keyIds?.includes(id)) return;
      heard += 1;
      return new Promise<Confirmed>((resolve) => (confirm = resolve));
    });
    onTestFinished(stop);
    let answered = false;
    const revoking = revokeApiKey(anyone(first), { id }).finally(() => (answered = true));
    await eventually(() => heard === 1);
    // A round trip over the database, in which an answer would have come.
    for (let time = 0; time < 3; time += 1) await codeAt(second, 'unknown');
    expect(answered).toBe(false);
    confirm({ confirmed: 3, total: 4 });
    expect((await revoking).propagation).toMatchObject({ confirmedNodes: 5, totalNodes: 6 });
  });

  test('reaches the followers on the others whole and in order', async () => {
    const nodes = await startNodes(2);
    const [one, other] = nodes as [TestServer, TestServer];
    const { organizationId } = await makeMember(one);
    const { id } = await makeApiKey(one, organizationId);
    const heard: ChangeEvent[] = [];
    const { changes } = other.app.services;
    const leave = await changes.follow({
      organizationId,
      keyIds: null,
      after: null,
      receive: (change) => {
        if (change.action === 'api_key.updated') heard.push(change);
      },
      ready: () => turn(1),
      full: () => false,
      stopped: () => false,
      failed: () => {},
    });
    onTestFinished(leave);
    await Promise.all(
      Array.from({ length: 30 }, (_, number) => updateApiKey(anyone(one), { id, name: `Key ${number}` })),
    );
    await eventually(() => heard.length >= 30);
    const { rows } = await sql<{ id: string; sequence: number }>`
      select id, sequence from audit_log where action = 'api_key.updated' order by sequence
    `.execute(one.services.db);
    expect(heard).toMatchObject(rows.map((row) => ({ ...row, action: 'api_key.updated', targetId: id })));
  });
});
