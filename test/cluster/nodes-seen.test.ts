import { describe, expect, test } from 'vitest';
import { Nodes, withMargin } from '../../src/cluster/nodes.ts';

const LEASE_MS = 3_000;
const LEASE = withMargin(LEASE_MS);

const row = (id: string, beat: number) => ({
  id,
  beat,
  leaseMs: LEASE_MS,
  watching: 0,
  secret: `secret of ${id}`,
});

describe('a change is waited for', () => {
  test('until every other node’s lease is over, counted from the commit', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([row('own', 7), row('a', 1), row('b', 9)], 10_000);
    expect([...nodes.liveAt(9_990)]).toEqual([
      ['a', { until: 9_990 + LEASE, secret: 'secret of a' }],
      ['b', { until: 9_990 + LEASE, secret: 'secret of b' }],
    ]);
  });

  test('for a node that stands still only until the lease is over that it can have had', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([row('a', 1)], 1_000);
    nodes.see([row('a', 1)], 2_500);
    expect(nodes.liveAt(2_500).get('a')?.until).toBe(1_000 + LEASE);
    nodes.see([row('a', 1)], 1_001 + LEASE);
    expect(nodes.liveAt(1_001 + LEASE).size).toBe(0);
  });

  test('for the whole lease again once the node has beaten', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([row('a', 1)], 1_000);
    nodes.see([row('a', 2)], 9_000);
    expect(nodes.liveAt(9_000).get('a')?.until).toBe(9_000 + LEASE);
  });

  test('for the whole lease where a crash may have turned beats back', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([row('a', 5)], 1_000);
    nodes.lookAnew();
    nodes.see([row('a', 5)], 9_000);
    expect(nodes.liveAt(9_000).get('a')?.until).toBe(9_000 + LEASE);
  });

  test('for nobody who has signed off', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([row('a', 1)], 1_000);
    nodes.see([], 1_100);
    expect(nodes.liveAt(1_100).size).toBe(0);
  });

  test('as long as the node’s own lease says, not ours', () => {
    const nodes = new Nodes('own', LEASE_MS);
    nodes.see([{ ...row('a', 1), leaseMs: 10_000 }], 0);
    expect(nodes.liveAt(0).get('a')?.until).toBe(withMargin(10_000));
    expect(nodes.longestLeaseMs).toBe(withMargin(10_000));
  });
});

test('a node that has not beaten for ten leases is gone', () => {
  const nodes = new Nodes('own', LEASE_MS);
  nodes.see([row('a', 1), row('b', 1)], 0);
  nodes.see([row('a', 1), row('b', 2)], 20_000);
  expect(nodes.gone(30_000)).toEqual([]);
  expect(nodes.gone(30_001).map(({ id }) => id)).toEqual(['a']);
});
