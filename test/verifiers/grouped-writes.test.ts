import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { UnavailableError } from '../../src/core/errors.ts';
import { GroupedWrites } from '../../src/verifiers/grouped-writes.ts';
import { seededRandom, seeds } from '../support/properties.ts';

interface Entry {
  readonly group: string;
  readonly number: number;
}

/** Writes up to `most` entries together. A write takes some turns of the event loop, and some fail. */
function noting(random: () => number, most: number, runningMax: number, failing = 0) {
  const writes: Entry[][] = [];
  const running: string[] = [];
  let [runningMost, sameMost] = [0, 0];
  const grouped = new GroupedWrites<Entry, number>(
    runningMax,
    (waiting) => Math.min(most, waiting.length),
    async (taken) => {
      const group = taken[0]?.group ?? '';
      running.push(group);
      runningMost = Math.max(runningMost, running.length);
      sameMost = Math.max(sameMost, running.filter((one) => one === group).length);
      for (let left = Math.floor(random() * 4); left > 0; left -= 1) await turn();
      running.splice(running.indexOf(group), 1);
      if (random() < failing) throw new Error('lost');
      writes.push([...taken]);
      return writes.length;
    },
  );
  return { grouped, writes, most: () => ({ runningMost, sameMost }) };
}

test('what arrives during a write is in the next one', async () => {
  const { grouped, writes } = noting(() => 0.5, 10, 2);
  const add = (number: number) => grouped.add('a', { group: 'a', number });
  const results = await Promise.all(Array.from({ length: 16 }, (_, number) => add(number)));
  expect(writes.map((write) => write.length)).toEqual([1, 10, 5]);
  expect(results).toEqual([1, ...Array(10).fill(2), ...Array(5).fill(3)]);
});

test('a group with many entries lets others write next', async () => {
  const { grouped, writes } = noting(() => 0.5, 1, 1);
  const flood = Array.from({ length: 50 }, (_, number) => grouped.add('flood', { group: 'flood', number }));
  await grouped.add('calm', { group: 'calm', number: 0 });
  expect(writes.map(([first]) => first?.group)).toEqual(['flood', 'calm']);
  await Promise.all(flood);
});

test('an owner of many groups gets no more turns than others', async () => {
  const { grouped, writes } = noting(() => 0.5, 1, 1);
  const names = Array.from({ length: 50 }, (_, index) => `credential ${index}`);
  const flood = names.map((name, number) => grouped.add(name, { group: name, number }, 'tenant'));
  await grouped.add('calm', { group: 'calm', number: 0 }, 'other tenant');
  expect(writes.map(([first]) => first?.group)).toEqual(['credential 0', 'credential 1', 'calm']);
  await Promise.all(flood);
});

test('an entry that can’t be written fails alone, and all fail in an outage', async () => {
  const writes: number[][] = [];
  const grouped = new GroupedWrites<number, string>(
    1,
    (waiting) => waiting.length,
    async (taken) => {
      writes.push([...taken]);
      if (taken.includes(-1)) throw new UnavailableError('The database is unreachable');
      if (taken.includes(5)) throw new Error('invalid');
      return 'written';
    },
  );
  const add = (number: number) => grouped.add('a', number).catch((error: Error) => error.message);
  const outcomes = await Promise.all(Array.from({ length: 17 }, (_, number) => add(number)));
  expect(outcomes).toEqual(outcomes.map((_, number) => (number === 5 ? 'invalid' : 'written')));
  expect(writes.length).toBeLessThan(12);
  writes.length = 0;
  const lost = await Promise.all([1, 2, -1, 3].map(add));
  expect(lost).toEqual(['written', ...Array(3).fill('The database is unreachable')]);
  expect(writes).toEqual([[1], [2, -1, 3]]);
});

test.each(seeds(6))(
  'each entry is written once and in order, or fails like its write (seed %i)',
  async (seed) => {
    const random = seededRandom(seed);
    const { grouped, writes, most } = noting(random, 1 + Math.floor(random() * 5), 2, 0.2);
    const added: { entry: Entry; outcome: Promise<string> }[] = [];
    for (let number = 0; number < 300; number += 1) {
      const entry = { group: `group ${Math.floor(random() * 5)}`, number };
      const outcome = grouped.add(entry.group, entry).then(
        () => 'written',
        () => 'lost',
      );
      added.push({ entry, outcome });
      if (random() < 0.3) await turn();
    }
    const written = new Set(writes.flat());
    for (const { entry, outcome } of added) {
      const is = await outcome;
      expect(writes.flat().filter((one) => one === entry)).toHaveLength(is === 'written' ? 1 : 0);
    }
    expect(written.size).toBeGreaterThan(0);
    for (const write of writes) expect(new Set(write.map(({ group }) => group)).size).toBe(1);
    for (const group of new Set(added.map(({ entry }) => entry.group))) {
      const numbers = writes
        .flat()
        .filter((one) => one.group === group)
        .map(({ number }) => number);
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    }
    expect(most()).toEqual({ runningMost: 2, sameMost: 1 });
  },
);
