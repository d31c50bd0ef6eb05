import { expect, test } from 'vitest';
import { ChangeTail } from '../../src/changes/change-tail.ts';
import type { ChangeEvent } from '../../src/changes/events.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { onEachDatabase } from '../support/databases.ts';
import { makeOrganization, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';

/** Twice as many as wait to be delivered. */
const AT_ONCE = 2_000;

onEachDatabase('changes that are announced in one turn', (engine) => {
  const services = servicesOn(engine);

  test.each([0, 1])(
    'are delivered once, in order, without another look at the log (the first: %i later)',
    async (skip) => {
      const { organization, ctx } = await makeOrganization(services());
      const { id: organizationId } = organization;
      const announced: ChangeEvent[] = [];
      const stop = services().bus.subscribe((event) => event.type === 'change' && announced.push(event));
      await write(ctx, async ({ lock, audit }) => {
        await lock(organizationId);
        for (let n = 0; n < AT_ONCE; n += 1)
          audit({ organizationId, action: 'api_key.updated', targetId: newId('key'), changes: {} });
      });
      await eventually(() => announced.length === AT_ONCE);
      stop();
      const first = announced[0]?.sequence ?? 0;
      const failures: unknown[] = [];
      const tail = new ChangeTail(services().db, organizationId, first - 1, (error) => failures.push(error));
      const heard: number[] = [];
      const leave = await tail.follow(first - 1, {
        keyIds: null,
        receive({ sequence }) {
          // Longer than a turn, so that the rest has to wait for the next one.
          if (heard.length === 1) keepThread(10);
          heard.push(sequence);
        },
        ready: async () => AT_ONCE,
        full: () => false,
        stopped: () => false,
        failed: (error) => failures.push(error),
      });
      for (const change of announced.slice(skip)) tail.receive(change);
      expect(heard.length).toBeLessThan(AT_ONCE);
      await eventually(() => heard.length === AT_ONCE);
      leave();
      expect(heard).toEqual(announced.map(({ sequence }) => sequence));
      expect(failures).toEqual([]);
    },
  );
});

function keepThread(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
