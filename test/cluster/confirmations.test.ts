import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { signAck } from '../../src/cluster/ack-signing.ts';
import { Confirmations } from '../../src/cluster/confirmations.ts';
import type { LiveNode } from '../../src/cluster/nodes.ts';

const LEASE_MS = 60;

const soon = () => performance.now() + 10_000;

function node(id: string, until = soon()): [id: string, node: LiveNode] {
  return [id, { until, secret: `secret of ${id}` }];
}

function nodes(...all: readonly [id: string, node: LiveNode][]): Promise<ReadonlyMap<string, LiveNode>> {
  return Promise.resolve(new Map(all));
}

function proofBy(id: string): string {
  return signAck(`secret of ${id}`, 'evt');
}

function expecting(): Confirmations {
  const confirmations = new Confirmations();
  confirmations.expect('evt', 0);
  return confirmations;
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  void promise.finally(() => {
    pending = false;
  });
  for (let turns = 0; turns < 10; turns += 1) await turn();
  return pending;
}

/** Lets the time of a lease pass; without it none does. */
async function passLease(): Promise<void> {
  await vi.advanceTimersByTimeAsync(LEASE_MS);
}

describe('waiting for confirmations', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  test('ends with the last of them', async () => {
    const confirmations = expecting();
    const all = confirmations.allOf('evt', nodes(node('a'), node('b')), soon());
    confirmations.confirm('evt', 'a', proofBy('a'));
    expect(await isPending(all)).toBe(true);
    confirmations.confirm('evt', 'b', proofBy('b'));
    const confirmedBy = await all;
    expect([node('a'), node('b'), node('c')].map((one) => confirmedBy(...one))).toEqual([
      { confirmed: 0, total: 0 },
      { confirmed: 0, total: 0 },
      null,
    ]);
    expect(confirmations.size).toBe(0);
  });

  test('counts what came before the answer to the commit', async () => {
    const confirmations = expecting();
    confirmations.confirm('evt', 'a', proofBy('a'));
    const confirmedBy = await confirmations.allOf('evt', nodes(node('a')), soon());
    expect(confirmedBy(...node('a'))).not.toBeNull();
  });

  test('ends without the missing when their leases are over', async () => {
    const confirmations = expecting();
    const until = performance.now() + LEASE_MS;
    const all = confirmations.allOf('evt', nodes(node('a', until)), soon());
    expect(await isPending(all)).toBe(true);
    await passLease();
    expect((await all)(...node('a'))).toBeNull();
  });

  test('goes on to the longest lease where nobody can say who is there', async () => {
    const confirmations = expecting();
    const until = performance.now() + LEASE_MS;
    const all = confirmations.allOf('evt', Promise.reject(new Error('gone')), until);
    confirmations.confirm('evt', 'a', proofBy('a'));
    expect(await isPending(all)).toBe(true);
    await passLease();
    await all;
  });

  test('takes no word for a proof that the node’s own secret did not make', async () => {
    const confirmations = expecting();
    const silent: [string, LiveNode] = ['silent', { until: performance.now() + LEASE_MS, secret: null }];
    const all = confirmations.allOf('evt', nodes(node('a', performance.now() + LEASE_MS), silent), soon());
    const madeUp = ['', 'true', proofBy('b'), signAck('secret of a', 'another'), signAck('', 'evt')];
    for (const proof of madeUp) for (const id of ['a', 'silent']) confirmations.confirm('evt', id, proof);
    expect(await isPending(all)).toBe(true);
    await passLease();
    const confirmedBy = await all;
    expect(confirmedBy(...node('a'))).toBeNull();
    expect(confirmedBy(...silent)).toBeNull();
  });

  test('finds the proof among as many claims as somebody makes up, or waits for the lease', async () => {
    const confirmations = expecting();
    for (let number = 0; number < 1_000; number += 1) confirmations.confirm('evt', 'a', `${number}`);
    confirmations.confirm('evt', 'a', proofBy('a'));
    expect((await confirmations.allOf('evt', nodes(node('a')), soon()))(...node('a'))).not.toBeNull();
  });

  test('ends at once for a node that is known, however many claims somebody makes up', async () => {
    const confirmations = new Confirmations((id) => `secret of ${id}`);
    confirmations.expect('evt', 0);
    const makeUp = (count: number) => {
      for (let number = 0; number < count; number += 1)
        for (const id of ['a', `made up ${number}`]) confirmations.confirm('evt', id, `${number}`);
    };
    makeUp(10_000);
    confirmations.confirm('evt', 'a', proofBy('a'));
    makeUp(10_000);
    expect((await confirmations.allOf('evt', nodes(node('a')), soon()))(...node('a'))).not.toBeNull();
  });

  test('ends at once for a node that is not known yet, whatever was made up before', async () => {
    const confirmations = expecting();
    for (let number = 0; number < 10_000; number += 1) confirmations.confirm('evt', 'a', `${number}`);
    confirmations.confirm('evt', 'a', proofBy('a'));
    expect((await confirmations.allOf('evt', nodes(node('a')), soon()))(...node('a'))).not.toBeNull();
  });

  test('is not expected any more after a transaction that never committed', () => {
    const confirmations = new Confirmations();
    confirmations.expect('old', 0);
    confirmations.expect('new', 100);
    confirmations.prune(50);
    expect(confirmations.size).toBe(1);
  });
});
