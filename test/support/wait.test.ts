import { expect, test } from 'vitest';
import { eventually } from './wait.ts';

test('gives what the check gives as soon as it is something', async () => {
  const answers = [undefined, false, 'here', 'later'];
  expect(await eventually(() => answers.shift())).toBe('here');
});

test('takes a check that throws for one that does not hold yet', async () => {
  let calls = 0;
  const check = () => {
    calls++;
    if (calls < 3) throw new Error('not yet');
    return calls;
  };
  expect(await eventually(check)).toBe(3);
});

test('gives up after its time and says what it saw last', async () => {
  await expect(eventually(() => null, { timeoutMs: 1 })).rejects.toThrow('it gave null');
  const failing = eventually(() => Promise.reject(new Error('no such row')), { timeoutMs: 1 });
  await expect(failing).rejects.toMatchObject({ cause: new Error('no such row') });
});
