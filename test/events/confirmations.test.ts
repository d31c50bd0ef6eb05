import { describe, expect, test } from 'vitest';
import { Confirmations } from '../../src/events/confirmations.ts';

const soon = () => performance.now() + 10_000;

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  return (await Promise.race([promise, new Promise((done) => setTimeout(done, 30, pending))])) === pending;
}

describe('waiting for confirmations', () => {
  test('ends with the last of them', async () => {
    const confirmations = new Confirmations();
    confirmations.expect('evt', 0);
    const nodes = new Map([
      ['a', soon()],
      ['b', soon()],
    ]);
    const all = confirmations.allOf('evt', Promise.resolve(nodes), soon());
    confirmations.confirm('evt', 'a');
    expect(await isPending(all)).toBe(true);
    confirmations.confirm('evt', 'b');
    expect([...(await all)]).toEqual(['a', 'b']);
    expect(confirmations.size).toBe(0);
  });

  test('counts what came before the answer to the commit', async () => {
    const confirmations = new Confirmations();
    confirmations.expect('evt', 0);
    confirmations.confirm('evt', 'a');
    const all = confirmations.allOf('evt', Promise.resolve(new Map([['a', soon()]])), soon());
    expect([...(await all)]).toEqual(['a']);
  });

  test('ends without the missing when their leases are over', async () => {
    const confirmations = new Confirmations();
    confirmations.expect('evt', 0);
    const until = performance.now() + 60;
    const all = confirmations.allOf('evt', Promise.resolve(new Map([['a', until]])), soon());
    expect(await isPending(all)).toBe(true);
    expect((await all).size).toBe(0);
    expect(performance.now()).toBeGreaterThanOrEqual(until);
  });

  test('goes on to the longest lease where nobody can say who is there', async () => {
    const confirmations = new Confirmations();
    confirmations.expect('evt', 0);
    const until = performance.now() + 60;
    const all = confirmations.allOf('evt', Promise.reject(new Error('gone')), until);
    confirmations.confirm('evt', 'a');
    expect(await isPending(all)).toBe(true);
    expect([...(await all)]).toEqual(['a']);
    expect(performance.now()).toBeGreaterThanOrEqual(until);
  });

  test('is not expected any more after a transaction that never committed', () => {
    const confirmations = new Confirmations();
    confirmations.expect('old', 0);
    confirmations.expect('new', 100);
    confirmations.prune(50);
    expect(confirmations.size).toBe(1);
  });
});
