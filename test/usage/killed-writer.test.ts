import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { usageStore } from '../../src/usage/store.ts';
import { onEachDatabase } from '../support/databases.ts';
import { servicesOn } from '../support/services.ts';
import { countedUses, makeUsedKeys, once, rowsInJournal, type UsedKey } from '../support/usage.ts';

const PROGRAM = join(import.meta.dirname, 'write-and-die.ts');

onEachDatabase('kill -9 of a process that writes usage', (engine) => {
  const services = servicesOn(engine);

  /** Returns whether the process was killed before it was done. */
  async function writeAndDie(writer: string, keys: readonly UsedKey[], dieAt: number): Promise<boolean> {
    const args = [services().config.databaseUrl, writer, JSON.stringify(keys), String(dieAt)];
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...args], { stdio: 'inherit' });
    const [code, signal] = await event(child, 'exit');
    if (signal !== 'SIGKILL' && code !== 0) throw new Error(`It failed with ${code}`);
    return signal === 'SIGKILL';
  }

  test('counts all of a batch or nothing, before and after each statement', {
    timeout: 180_000,
  }, async () => {
    const keys = await makeUsedKeys(services(), 3);
    let [written, isKilled] = [0, true];
    const outcomes: boolean[] = [];
    for (let dieAt = 1; isKilled; dieAt += 1) {
      const writer = newId('evt');
      isKilled = await writeAndDie(writer, keys, dieAt);
      const mark = await services()
        .db.selectFrom('usage_writers')
        .select('number')
        .where('writer', '=', writer)
        .executeTakeFirst();
      if (mark) written += 1;
      outcomes.push(mark !== undefined);
      await usageStore(services().unhurried, newId('evt')).checkpoint(0);
      for (const key of keys) expect(await countedUses(services(), key)).toEqual(once(written, written && 1));
    }
    // Once it was written, it was at each later step.
    expect(outcomes).toEqual([...outcomes].sort());
    expect(outcomes.filter((isWritten) => !isWritten).length).toBeGreaterThan(3);
    expect(outcomes.at(-1)).toBe(true);
    if (engine === 'sqlite') expect(await rowsInJournal(services())).toBe(0);
  });
});
