import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/realtime/cursor.ts';
import { createRole } from '../../../src/roles/create-role.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { anyone, CHANGED, rename } from '../../support/live.ts';
import { connectLive } from '../../support/live-socket.ts';
import { runs } from '../../support/properties.ts';
import { makeApiKey, makeMember, serverOn, type TestServer } from '../../support/server.ts';
import { eventually } from '../../support/wait.ts';

const SEED = 3;

const plan = fc.record({
  writers: fc.integer({ min: 1, max: 3 }),
  changes: fc.integer({ min: 5, max: 15 }),
  /** How many events somebody hears before it leaves and comes back. */
  visits: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 }),
});

/** Follows from the start, leaving and coming back with the last cursor, and gives the sequences heard. */
async function comeAndGo(
  server: TestServer,
  secret: string,
  organizationId: string,
  visits: readonly number[],
  last: Promise<number>,
): Promise<number[]> {
  let end = Number.POSITIVE_INFINITY;
  void last.then((sequence) => {
    end = sequence;
  });
  let after = encodeCursor(organizationId, 0);
  const heard: number[] = [];
  for (const visit of [...visits, Number.POSITIVE_INFINITY]) {
    const socket = await connectLive(server, secret);
    const operation = socket.subscribe(CHANGED, { after });
    const place = () => decodeCursor(operation.events.at(-1)?.cursor ?? after, organizationId);
    await eventually(() => operation.events.length >= visit || place() === end);
    operation.complete();
    await socket.ping();
    await socket.close();
    const cursors = operation.events.map(({ cursor }) => cursor as string);
    heard.push(...cursors.map((cursor) => decodeCursor(cursor, organizationId)));
    after = cursors.at(-1) ?? after;
  }
  return heard;
}

onEachDatabase('apiKeyChanged while several write', (engine) => {
  const server = serverOn(engine);

  test('is complete and in order across reconnects, also while rights are looked at all the time', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ writers, changes, visits }) => {
        const { organizationId } = await makeMember(server());
        const watchers: { id: string; secret: string }[] = [];
        for (const name of ['One', 'Two', 'Three', 'Four'])
          watchers.push(await makeApiKey(server(), organizationId, { name, grants: ['api.key.view'] }));
        const write = async (writer: number) => {
          for (let n = 0; n < changes; n += 1) {
            // A change of a key has the rights of just its own watchers looked at: the others are ahead of them.
            const watcher = watchers[(writer + n) % watchers.length];
            await rename(server(), watcher?.id ?? '', `${writer} ${n}`);
            await turn();
          }
        };
        const unsettle = async () => {
          // This has everybody's rights looked at.
          for (let n = 0; n < 5; n += 1) {
            await createRole(anyone(server()), { organizationId, name: `Role ${n}`, permissions: [] });
            await turn();
          }
        };
        const writing = Promise.all([unsettle(), ...Array.from({ length: writers }, (_, n) => write(n))]);
        const last = writing.then(() => lastOf(organizationId));
        const stories = await Promise.all(
          watchers.map(({ secret }) => comeAndGo(server(), secret, organizationId, visits, last)),
        );
        const rows = await server()
          .services.db.selectFrom('audit_log')
          .select('sequence')
          .where('organization_id', '=', organizationId)
          .where('action', 'like', 'api_key.%')
          .orderBy('sequence')
          .execute();
        for (const heard of stories) expect(heard).toEqual(rows.map(({ sequence }) => sequence));
      }),
      runs(8, { seed: SEED, endOnFailure: true }),
    );
  });

  async function lastOf(organizationId: string): Promise<number> {
    const { sequence } = await server()
      .services.db.selectFrom('audit_log')
      .select('sequence')
      .where('organization_id', '=', organizationId)
      .where('action', 'like', 'api_key.%')
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    return sequence;
  }
});
