import { expect, onTestFinished, test } from 'vitest';
import { encodeCursor } from '../../../src/realtime/cursor.ts';
import { manualClock } from '../../support/clock.ts';
import { createTestDatabaseUrl, onEachDatabase } from '../../support/databases.ts';
import { openEventSource } from '../../support/event-source.ts';
import { CHANGED, rename } from '../../support/live.ts';
import { areLive, connectLive } from '../../support/live-socket.ts';
import { makeApiKey, makeMember, startTestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const DAY = 86_400_000;

onEachDatabase('a cursor older than what is kept', (engine) => {
  test('is refused, never answered with a gap; one that is kept goes on', async () => {
    const { url: databaseUrl, drop } = await createTestDatabaseUrl(engine);
    onTestFinished(drop);
    const clock = manualClock();
    const start = async () => {
      const server = await startTestServer(engine, { databaseUrl, clock, config: { auditRetentionDays: 7 } });
      onTestFinished(server.close);
      return server;
    };
    const before = await start();
    const { organizationId, sessionToken: token } = await makeMember(before);
    const key = await makeApiKey(before, organizationId, { grants: ['api.key.view'] });
    const socket = await connectLive(before, token);
    const changes = socket.subscribe(CHANGED);
    await areLive(before, 1);
    await rename(before, key.id, 'One');
    await changes.received(1);
    clock.advance(6 * DAY);
    for (const name of ['Two', 'Three']) await rename(before, key.id, name);
    // Whoever follows hears of them, though its session has ended by now.
    const view = await connectLive(before, key.secret);
    const replay = view.subscribe(CHANGED, { after: encodeCursor(organizationId, 0) });
    const cursors = (await replay.received(4)).map(({ cursor }) => cursor as string);
    await before.close();
    clock.advance(2 * DAY);
    const server = await start();
    await eventually(() => server.lines.some((line) => line.includes('Old audit log entries were removed')));
    const again = await connectLive(server, key.secret);
    expect(await again.subscribe(CHANGED, { after: cursors[0] }).failed()).toBe('CURSOR_EXPIRED');
    const stream = await openEventSource(server, CHANGED, {
      token: key.secret,
      lastEventId: cursors[0] ?? '',
    });
    await stream.ended;
    expect(stream.values()[0].errors[0].extensions.code).toBe('CURSOR_EXPIRED');
    const kept = again.subscribe(CHANGED, { after: cursors[1] });
    await kept.received(2);
    expect(kept.events.map(({ cursor }) => cursor)).toEqual(cursors.slice(2));
    expect(server.app.liveServer.subscriptions.counts.subscribers).toBe(1);
  });
});
