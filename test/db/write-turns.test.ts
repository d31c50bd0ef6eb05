import { expect, onTestFinished, test } from 'vitest';
import { deadlineIn, WriteTurns } from '../../db/sqlite/write-turns.ts';
import { createApiKey } from '../../src/keys/create-api-key.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';

const services = servicesOn('sqlite');

/** Counts the turns of the event loop. */
function countTurns(): () => number {
  let turn = 0;
  let counting = true;
  const count = (): void => {
    turn += 1;
    if (counting) setImmediate(count);
  };
  onTestFinished(() => {
    counting = false;
  });
  count();
  return () => turn;
}

test.each([
  ['at once', (create: () => Promise<unknown>) => Promise.all(Array.from({ length: 10 }, create))],
  [
    'one after the other',
    async (create: () => Promise<unknown>) => {
      for (let n = 0; n < 10; n += 1) await create();
    },
  ],
])('changes that are asked for %s are each followed by a turn of everything else', async (_how, run) => {
  const { ctx } = await makeOrganization(services());
  const turn = countTurns();
  const turns = new Set<number>();
  // When each was written.
  const { bus } = services();
  onTestFinished(
    bus.subscribe((event) => {
      if (event.type === 'change') turns.add(turn());
    }),
  );
  await run(() => createApiKey(ctx, { name: 'One of many' }));
  expect(turns.size).toBe(10);
});

test('a turn is passed on whatever becomes of those who wait', async () => {
  const turns = new WriteTurns();
  await turns.begin(deadlineIn(10_000));
  const late = turns.begin(deadlineIn(0));
  const next = turns.within(deadlineIn(10_000), async () => {
    throw new Error('not written');
  });
  const last = turns.within(deadlineIn(10_000), async () => 'written');
  await expect(late).rejects.toThrow('was queued for too long');
  turns.end();
  await expect(next).rejects.toThrow('not written');
  expect(await last).toBe('written');
  turns.close();
  await expect(turns.begin(deadlineIn(0))).rejects.toThrow('closed');
});
