import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { encodeCursor } from '../../../src/live/cursor.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { CHANGED, present, rename } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, serverOn } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

/** Much of one key: the network below holds some megabytes before a reader counts as slow. */
function much(times: number): string {
  return Array.from({ length: times }, (_, n) => `m${n}: metadata`).join(' ');
}

const metadata = { text: 'x'.repeat(16_000) };

onEachDatabase('a client that does not read', (engine) => {
  const server = serverOn(engine, { liveLimits: { bufferedMax: 262_144, conflateFrom: 65_536 } });

  test('loses its subscription to changes, alone, and can go on from where it was without a gap', async () => {
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
    let changes = 0;
    const { subscriptions } = server().app.liveServer;
    while (subscriptions.counts.subscribers > 1) {
      changes += 1;
      await rename(server(), key.id, `Name ${changes}`);
      await healthy.received(changes);
    }
    slow.socket.resume();
    expect(await behind.failed()).toBe('TOO_SLOW');
    const { events } = behind;
    const { cursor } = events.at(-1);
    expect(behind.errors?.[0]?.extensions).toEqual({ code: 'TOO_SLOW', cursor });
    expect(behind.messages.at(-1)?.type).toBe('error');
    expect(events).toEqual(healthy.events.slice(0, events.length));
    const rest = slow.subscribe(CHANGED, { after: cursor });
    await rest.received(changes - events.length);
    expect(rest.events.map((event) => event.cursor)).toEqual(
      healthy.events.slice(events.length).map((event) => event.cursor),
    );
  });

  test('is told where to go on also where it had nothing of a subscription yet', async () => {
    const { organizationId, sessionToken } = await makeMember(server());
    const loud = await makeApiKey(server(), organizationId, { metadata });
    const quiet = await makeApiKey(server(), organizationId);
    const socket = await connectLive(server(), sessionToken);
    socket.subscribe(`subscription { apiKeyChanged(apiKeyIds: ["${loud.id}"]) { apiKey { ${much(20)} } } }`);
    const waiting = socket.subscribe(CHANGED, { apiKeyIds: [quiet.id] });
    await areLive(server(), 2);
    socket.socket.pause();
    const { subscriptions } = server().app.liveServer;
    for (let n = 0; subscriptions.counts.subscribers > 1; n += 1) {
      await rename(server(), loud.id, `Name ${n}`);
      await turn();
    }
    await rename(server(), quiet.id, 'Missed');
    await eventually(() => subscriptions.counts.subscribers === 0);
    await rename(server(), quiet.id, 'Missed as well');
    socket.socket.resume();
    expect(await waiting.failed()).toBe('TOO_SLOW');
    expect(waiting.events).toEqual([]);
    const rest = socket.subscribe(CHANGED, { after: waiting.errors?.[0]?.extensions.cursor });
    await rest.received(2);
    expect(rest.events.map(({ apiKey }) => apiKey.id)).toEqual([quiet.id, quiet.id]);
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
    const ask = () => socket.subscribe(`{ apiKeys(first: 1) { nodes { ${much(20)} } } }`);
    const { statements } = server();
    statements.length = 0;
    const ran = () => statements.filter((text) => /from "api_keys".* order by/.test(text)).length;
    const first = Array.from({ length: 90 }, ask);
    await eventually(() => ran() > 0);
    const more = Array.from({ length: 90 }, ask);
    const other = await connectLive(server(), sessionToken);
    // Those that were read before the answers to the first piled up may run, the others wait.
    for (let n = 0; n < 50; n += 1) await other.ping();
    expect(ran()).toBeLessThan(first.length + more.length);
    socket.socket.resume();
    await eventually(() => first.every(({ completed }) => completed), { timeoutMs: 15_000 });
    // More than a hundred at once are refused, which is an answer too.
    await eventually(() => more.every(({ completed, errors }) => completed || errors), { timeoutMs: 15_000 });
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
    await replay.received(61, { timeoutMs: 15_000 });
    expect(replay.errors).toBeUndefined();
  });
});
