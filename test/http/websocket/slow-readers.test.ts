import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { write } from '../../../src/command.ts';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { present, rename } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { keyListsRead, makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';
import { eventually } from '../../support/wait.ts';

/** Much of one key: the network below holds some megabytes before a reader counts as slow. */
function much(times: number): string {
  return Array.from({ length: times }, (_, n) => `m${n}: metadata`).join(' ');
}

const metadata = { text: 'x'.repeat(16_000) };

onEachDatabase('a client that does not read', (engine) => {
  const server = serverOn(engine, { liveLimits: { bufferedMax: 262_144, conflateFrom: 65_536 } });

  test('gets all changes once it reads again, without a gap or a duplicate, and is live again', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { metadata });
    const [slow, quick] = [
      await connectLive(server(), sessionToken),
      await connectLive(server(), sessionToken),
    ];
    const document = `subscription { apiKeyChanged { cursor apiKey { name ${much(20)} } } }`;
    const behind = slow.subscribe(document);
    const healthy = quick.subscribe(document);
    await areLive(server(), 2);
    slow.socket.pause();
    const { connections } = server().app;
    let changes = 0;
    const next = async () => {
      changes += 1;
      await rename(server(), key.id, `Name ${changes}`);
      await healthy.received(changes);
    };
    // From here on the network below holds no more, and every change waits.
    while (connections.counts.unsentBytes < 262_144) await next();
    const held = connections.counts.unsentBytes;
    for (let n = 0; n < 30; n += 1) await next();
    // In the log, not in memory.
    expect(connections.counts.unsentBytes).toBeLessThan(held + 2 * metadata.text.length * 20);
    slow.socket.resume();
    await behind.received(changes);
    await next();
    await behind.received(changes);
    const cursors = (events: readonly { cursor: string }[]) => events.map(({ cursor }) => cursor);
    expect(cursors(behind.events)).toEqual(cursors(healthy.events));
    expect(behind.errors).toBeUndefined();
    expect(server().app.liveServer.subscriptions.counts.live).toBe(2);
  });

  test('is ended where what it missed is kept no more', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const loud = await makeApiKey(server(), organizationId, { metadata });
    const socket = await connectLive(server(), sessionToken);
    const changed = socket.subscribe(`subscription { apiKeyChanged { cursor apiKey { ${much(20)} } } }`);
    await areLive(server(), 1);
    socket.socket.pause();
    const { connections } = server().app;
    for (let n = 0; connections.counts.unsentBytes < 262_144; n += 1) {
      await rename(server(), loud.id, `Name ${n}`);
      await turn();
    }
    // More than is remembered for those who are a little behind.
    const ctx = contextFor(server().services, systemPrincipal('test'));
    for (let n = 0; n < 8; n += 1)
      await write(ctx, async ({ lock, audit }) => {
        await lock(organizationId);
        for (let m = 0; m < 300; m += 1)
          audit({ organizationId, action: 'api_key.updated', targetId: loud.id, changes: {} });
      });
    const { db } = server().services;
    const { value } = await db
      .selectFrom('organization_sequences')
      .select('value')
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    await db
      .deleteFrom('audit_log')
      .where('organization_id', '=', organizationId)
      .where('sequence', '<', value)
      .execute();
    socket.socket.resume();
    expect(await changed.failed()).toBe('CURSOR_EXPIRED');
    await eventually(() => server().app.liveServer.subscriptions.counts.subscribers === 0);
  });

  test('gets, once it reads again, the newest use of each key, with the count of all', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const keys: { id: string; secret: string }[] = [];
    for (let n = 0; n < 15; n += 1) keys.push(await makeApiKey(server(), organizationId, { metadata }));
    const socket = await connectLive(server(), sessionToken);
    const uses = socket.subscribe(
      `subscription { apiKeyUsed(minIntervalMs: 100) { count lastUsedAt apiKey { id lastUsedAt ${much(20)} } } }`,
    );
    await areLive(server(), 1);
    socket.socket.pause();
    const rounds = 12;
    let published = 0;
    const leave = server().services.bus.subscribe((event) => {
      if (event.type === 'use' && event.organizationId === organizationId) published += 1;
    });
    for (let round = 0; round < rounds; round += 1) {
      server().clock.advance(1_000);
      const next = performance.now() + 110;
      for (const { secret } of keys) await present(server(), secret);
      await eventually(() => performance.now() > next);
    }
    leave();
    socket.socket.resume();
    const last = new Date(server().clock.now()).toISOString();
    const total = () => uses.events.reduce((sum, { count }) => sum + count, 0);
    await eventually(() => total() === published);
    expect(published).toBe(rounds * keys.length);
    expect(uses.errors).toBeUndefined();
    expect(uses.events.length).toBeLessThan(published);
    for (const { id } of keys) {
      const own = uses.events.filter(({ apiKey }) => apiKey.id === id);
      const times = own.map(({ lastUsedAt }) => lastUsedAt);
      expect(times).toEqual([...times].sort());
      expect(times.at(-1)).toBe(last);
    }
  });

  test('is not read from either: answers don’t pile up', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    await makeApiKey(server(), organizationId, { metadata });
    const socket = await connectLive(server(), sessionToken);
    socket.socket.pause();
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const ask = () => socket.subscribe(`{ apiKeys(first: 1) { nodes { ${much(20)} } } }`);
    server().statements.length = 0;
    const ran = () => keyListsRead(server());
    const first = Array.from({ length: 90 }, ask);
    await eventually(() => ran() > 0);
    const more = Array.from({ length: 90 }, ask);
    const other = await connectLive(server(), sessionToken);
    // Those that were read before the answers to the first piled up may run, the others wait.
    for (let n = 0; n < 50; n += 1) await other.ping();
    expect(ran()).toBeLessThan(first.length + more.length);
    socket.socket.resume();
    await eventually(() => first.every(({ completed }) => completed));
    // More than a hundred at once are refused, which is an answer too.
    await eventually(() => more.every(({ completed, errors }) => completed || errors));
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });

  test('or reads all it can, may replay much more than is kept for it', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const key = await makeApiKey(server(), organizationId, { metadata });
    for (let n = 0; n < 60; n += 1) await rename(server(), key.id, `Name ${n}`);
    const socket = await connectLive(server(), sessionToken);
    const replay = socket.subscribe(
      `subscription ($after: String) { apiKeyChanged(after: $after) { cursor apiKey { ${much(20)} } } }`,
      { after: encodeCursor(organizationId, 0) },
    );
    await replay.received(61);
    expect(replay.errors).toBeUndefined();
  });
});
