import { describe, expect, test } from 'vitest';
import { Checker, type Logged, type Revoked, type Verified } from './checker.ts';

function verified(part: Partial<Verified> & { at: number }): Verified {
  const { at, ...rest } = part;
  return { node: 'node 1', keyId: 'a', sentAt: at, answeredAt: at + 1, status: 200, ...rest };
}

function revoked(part: Partial<Revoked> = {}): Revoked {
  return {
    node: 'node 2',
    keyId: 'a',
    sentAt: 90,
    answeredAt: 100,
    confirmedNodes: 3,
    totalNodes: 3,
    milliseconds: 2,
    ...part,
  };
}

function checkerOf(verifications: readonly Verified[], revocations: readonly Revoked[] = []): Checker {
  const checker = new Checker();
  checker.verified.push(...verifications);
  checker.revoked.push(...revocations);
  return checker;
}

const LOG: readonly Logged[] = [
  { sequence: 1, action: 'organization.created', targetId: 'org' },
  { sequence: 2, action: 'api_key.created', targetId: 'a' },
  { sequence: 3, action: 'api_key.updated', targetId: 'a' },
  { sequence: 4, action: 'api_key.revoked', targetId: 'a' },
];

describe('the checker says nothing of', () => {
  test('acceptances asked for before the answer, however late they come', () => {
    const checker = checkerOf([verified({ at: 99.9, answeredAt: 5_000 })], [revoked()]);
    expect(checker.lateAcceptances()).toEqual([]);
  });

  test('refusals afterwards, other keys, and revocations without an answer', () => {
    const after = [verified({ at: 200, status: 401 }), verified({ at: 200, keyId: 'b' })];
    expect(checkerOf(after, [revoked()]).lateAcceptances()).toEqual([]);
    const unknown = checkerOf([verified({ at: 200 })], [revoked({ answeredAt: null })]);
    expect(unknown.lateAcceptances()).toEqual([]);
    expect(unknown.logFaults([])).toEqual([]);
    expect(unknown.unasked()).toEqual([]);
  });

  test('a whole log, and followers that got all of it in order', () => {
    const checker = checkerOf([], [revoked()]);
    expect(checker.logFaults(LOG)).toEqual([]);
    expect(checker.eventFaults('a follower', LOG, [2, 3, 4])).toEqual([]);
  });

  test('uses that are counted once, and lost answers that are counted or not', () => {
    const checker = checkerOf([verified({ at: 1 }), verified({ at: 2, status: 0 })]);
    for (const uses of [1, 2]) expect(checker.usageFaults(new Map([['a', uses]]))).toEqual([]);
  });
});

describe('the checker finds', () => {
  test('an acceptance asked for after the answer, at whichever node', () => {
    const checker = checkerOf(
      [verified({ at: 100.5, node: 'node 3' }), verified({ at: 99 })],
      [revoked({ confirmedNodes: 2 })],
    );
    expect(checker.lateAcceptances()).toEqual(["node 3 accepted 0.5 ms after node 2's answer (2/3)"]);
  });

  test('a revoked key that nobody asked for afterwards', () => {
    const refused = verified({ at: 101, keyId: 'b', status: 401 });
    const checker = checkerOf([verified({ at: 99 }), refused], [revoked(), revoked({ keyId: 'b' })]);
    expect(checker.unasked()).toEqual(['a']);
  });

  test('answers that say neither yes nor no', () => {
    const [none, unavailable] = [verified({ at: 1, status: 0 }), verified({ at: 5, status: 503 })];
    const checker = checkerOf([none, unavailable, verified({ at: 2 }), verified({ at: 3, status: 429 })]);
    expect(checker.undecided()).toEqual([none, unavailable]);
    expect(checker.undecided(2, 6)).toEqual([unavailable]);
    expect(checker.undecided(1, 5)).toEqual([none]);
  });

  test('a gap in the log, two entries in the wrong order, and an answer that is not in it', () => {
    const checker = checkerOf([], [revoked({ keyId: 'b' })]);
    const [one, two, three, four] = LOG as [Logged, Logged, Logged, Logged];
    expect(checker.logFaults(LOG)).toEqual(['node 2 answered, and b is not revoked']);
    expect(checkerOf([]).logFaults([one, two, four])).toEqual(['entry 3 of the log has sequence 4']);
    expect(checkerOf([]).logFaults([one, three, two, four])).toHaveLength(2);
  });

  test.each([
    ['missed', [2, 4], ['a follower missed 3']],
    ['doubled', [2, 3, 3, 4], ['a follower got 3 again']],
    ['in another order', [3, 2, 4], ['a follower got 2 after 3']],
    ['that never was', [2, 3, 4, 9], ['a follower got 9, which is not there']],
    ['of something else', [1, 2, 3, 4], ['a follower got 1, which is not there']],
  ])('a change %s', (_title, got, faults) => {
    expect(new Checker().eventFaults('a follower', LOG, got)).toEqual(faults);
  });

  test('uses counted too often, and more of them lost than a flush could lose', () => {
    const checker = checkerOf([1, 2, 3].map((at) => verified({ at })));
    expect(checker.usageFaults(new Map([['a', 4]]))).toEqual(['a was accepted 3 times, counted 4']);
    expect(checker.usageFaults(new Map(), 3)).toEqual([]);
    expect(checker.usageFaults(new Map(), 2)).toEqual(['3 uses are not counted, at most 2 could be lost']);
  });
});
