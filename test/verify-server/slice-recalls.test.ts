import { expect, test } from 'vitest';
import { SliceRecalls } from '../../src/verify-server/slice-recalls.ts';
import { eventually } from '../support/wait.ts';

/** The channel of a process, whose server answers when the test does. */
function openChannel(hasVerifiers: boolean) {
  const asked: (readonly string[])[] = [];
  let answer: (keyIds: readonly string[], isRecalled: boolean) => void = () => {};
  const recalls = new SliceRecalls({
    hasVerifiers,
    send: async (message) => {
      if (message.type === 'recall') asked.push(message.keyIds);
    },
    onRecalled: (listener) => {
      answer = listener;
    },
  });
  return { recalls, asked, answer: (keyIds: readonly string[], any: boolean) => answer(keyIds, any) };
}

test('a flood for one key asks the server once at a time', async () => {
  const { recalls, asked, answer } = openChannel(true);
  const waiting = Array.from({ length: 1_000 }, () => recalls.recall('one'));
  const other = recalls.recall('other');
  await eventually(() => asked.length > 0);
  waiting.push(...Array.from({ length: 1_000 }, () => recalls.recall('one')));
  expect(asked).toEqual([['one', 'other']]);
  answer(['one'], true);
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
  answer(['other', 'never asked'], false);
  expect(await other).toBe(false);
  void recalls.recall('one');
  await eventually(() => asked.length > 1);
  expect(asked.slice(1)).toEqual([['one']]);
});

test('a flood for many keys is bounded', async () => {
  const { recalls, asked, answer } = openChannel(true);
  const keyIds = Array.from({ length: 5_000 }, (_, n) => `key ${n}`);
  const waiting = keyIds.map((keyId) => recalls.recall(keyId));
  expect(waiting.filter(Boolean)).toHaveLength(1_000);
  await eventually(() => asked.length > 0);
  expect(asked.flat()).toEqual(keyIds.slice(0, 1_000));
  answer(keyIds, false);
  await Promise.all(waiting);
  expect(recalls.recall('key 4999')).not.toBeNull();
});

test('nothing is asked while no verifier is connected', () => {
  const { recalls } = openChannel(false);
  expect(recalls.recall('one')).toBeNull();
});
