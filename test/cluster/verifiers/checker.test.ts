import { describe, expect, test } from 'vitest';
import { VerifierChecker } from './checker.ts';
import { type Changed, History, type Notified, type Verified, type Watched } from './history.ts';

interface Given {
  readonly verified?: readonly (Partial<Verified> & { startedAt: number })[];
  readonly changed?: readonly Partial<Changed>[];
  readonly watched?: readonly Partial<Watched>[];
  readonly notified?: readonly Partial<Notified>[];
  readonly killed?: readonly [process: string, at: number][];
}

/** A checker of a made-up history. */
function checkerOf({ verified = [], changed = [], watched = [], notified = [], killed = [] }: Given) {
  const history = new History();
  for (const one of verified)
    history.verified.push({
      ...{ process: 'a', keyId: 'k', endedAt: one.startedAt + 1, code: 'VALID', source: 'memory' as const },
      ...one,
    });
  for (const one of changed)
    history.changed.push({ keyIds: ['k'], effect: 'rejected', sentAt: 90, answeredAt: 100, ...one });
  for (const one of watched)
    history.watched.push({ process: 'a', watch: 1, keyId: 'k', registeredAt: 10, ...one });
  for (const one of notified)
    history.notified.push({ process: 'a', watch: 1, code: 'REVOKED', at: 99, ...one });
  for (const [process, at] of killed) history.killed.push({ process, at });
  return new VerifierChecker(history);
}

describe('acceptances are late', () => {
  test('where they started after the answer, however they were decided', () => {
    const checker = checkerOf({
      verified: [
        { startedAt: 99.9, endedAt: 5_000 },
        { startedAt: 100.5, process: 'b' },
        { startedAt: 300, source: 'server' },
        { startedAt: 300, code: 'REVOKED' },
        { startedAt: 300, code: 'UNAVAILABLE' },
        { startedAt: 300, keyId: 'other' },
      ],
      changed: [{}],
    });
    expect(checker.lateAcceptances()).toEqual([
      'b accepted k by its memory, 0.5 ms after the answer',
      'a accepted k by its server, 200.0 ms after the answer',
    ]);
  });

  test('not where no answer came', () => {
    const checker = checkerOf({ verified: [{ startedAt: 300 }], changed: [{ answeredAt: null }] });
    expect(checker.lateAcceptances()).toEqual([]);
  });

  test('not once a change that accepts the key again was sent, answered or not', () => {
    const again: Partial<Changed> = { effect: 'accepted', sentAt: 200, answeredAt: null };
    const changed = [{}, again];
    expect(checkerOf({ verified: [{ startedAt: 250 }], changed }).lateAcceptances()).toEqual([]);
    // Decided after that was sent, by whichever state.
    const across = { startedAt: 150, endedAt: 201 };
    expect(checkerOf({ verified: [across], changed }).lateAcceptances()).toEqual([]);
    expect(checkerOf({ verified: [{ startedAt: 150 }], changed }).lateAcceptances()).toHaveLength(1);
  });

  test('where the key was rejected, accepted again, and rejected once more', () => {
    const changed: Partial<Changed>[] = [
      {},
      { effect: 'accepted', sentAt: 200, answeredAt: 210 },
      { sentAt: 300, answeredAt: 310 },
    ];
    const checker = checkerOf({ verified: [{ startedAt: 305 }, { startedAt: 311 }], changed });
    expect(checker.lateAcceptances()).toEqual(['a accepted k by its memory, 1.0 ms after the answer']);
  });

  test('where one change concerned many keys', () => {
    const verified = ['j', 'k', 'l'].map((keyId) => ({ startedAt: 101, keyId }));
    const checker = checkerOf({ verified, changed: [{ keyIds: ['j', 'k'] }] });
    expect(checker.lateAcceptances()).toHaveLength(2);
  });
});

describe('the checker finds', () => {
  test('processes that were not asked for a rejected key afterwards', () => {
    const verified = [
      { startedAt: 101, process: 'a' },
      { startedAt: 99, process: 'b' },
    ];
    expect(checkerOf({ verified, changed: [{}] }).unasked(['a', 'b', 'c'])).toEqual([
      'b was not asked for k after its rejection',
      'c was not asked for k after its rejection',
    ]);
    expect(checkerOf({ verified, changed: [{ answeredAt: null }] }).unasked(['c'])).toEqual([]);
  });

  test('rejections without a change, before one, and after one that was undone', () => {
    const rejected = (startedAt: number) => ({ startedAt, code: 'DISABLED' });
    expect(checkerOf({ verified: [rejected(5)] }).wrongRejections()).toEqual(['a rejected k: DISABLED']);
    expect(checkerOf({ verified: [rejected(50)], changed: [{}] }).wrongRejections()).toHaveLength(1);
    expect(checkerOf({ verified: [rejected(95)], changed: [{}] }).wrongRejections()).toEqual([]);
    const undone: Partial<Changed>[] = [{}, { effect: 'accepted', sentAt: 200, answeredAt: 210 }];
    expect(checkerOf({ verified: [rejected(205)], changed: undone }).wrongRejections()).toEqual([]);
    expect(checkerOf({ verified: [rejected(211)], changed: undone }).wrongRejections()).toHaveLength(1);
  });

  test('verifications that were not decided', () => {
    const verified = [1, 5, 9].map((startedAt) => ({ startedAt, code: 'UNAVAILABLE' }));
    const checker = checkerOf({ verified: [...verified, { startedAt: 5 }] });
    expect(checker.undecided()).toHaveLength(3);
    expect(checker.undecided(2, 9)).toHaveLength(1);
  });

  test('limits that were exceeded in sum', () => {
    const verified = ['a', 'a', 'b'].map((process) => ({ startedAt: 1, process }));
    const checker = checkerOf({ verified: [...verified, { startedAt: 1, code: 'RATE_LIMITED' }] });
    expect(checker.limitFaults(new Map([['k', 3]]))).toEqual([]);
    expect(checker.limitFaults(new Map([['k', 2]]))).toEqual(['k was accepted 3 times, 2 are allowed']);
  });

  test('uses that were counted too often', () => {
    const verified = [{ startedAt: 1 }, { startedAt: 2, code: 'REVOKED' }];
    expect(checkerOf({ verified }).usageFaults(new Map([['k', 1]]), 100)).toEqual([]);
    expect(checkerOf({ verified }).usageFaults(new Map([['k', 2]]), 100)).toEqual([
      'k was accepted 1 times, counted 2',
    ]);
    expect(checkerOf({}).usageFaults(new Map([['k', 1]]), 100)).toHaveLength(1);
    // It was killed between the decision and its record.
    expect(checkerOf({ verified, killed: [['b', 5]] }).usageFaults(new Map([['k', 2]]), 100)).toEqual([]);
  });

  test('more uncounted uses than a killed process could lose', () => {
    const verified = [1, 950, 980].map((startedAt) => ({ startedAt }));
    const of = (uses: number, killed: [string, number][] = [['a', 1_000]]) =>
      checkerOf({ verified, killed }).usageFaults(new Map([['k', uses]]), 100);
    expect(of(1)).toEqual([]);
    expect(of(0)).toEqual(['3 uses are not counted, at most 2 could be lost']);
    expect(of(2, [])).toEqual(['1 uses are not counted, at most 0 could be lost']);
    // What no count was read of is not counted either.
    expect(checkerOf({ verified }).usageFaults(new Map(), 100)).toHaveLength(1);
  });

  test('callbacks that were called twice, never, or for nothing', () => {
    const rejected = { watched: [{}], changed: [{}] };
    expect(checkerOf({ ...rejected, notified: [{}] }).watchFaults()).toEqual([]);
    expect(checkerOf({ ...rejected, notified: [{}, {}] }).watchFaults()).toEqual(['a called 2 times for k']);
    expect(checkerOf(rejected).watchFaults()).toEqual(['a never called for k']);
    expect(checkerOf({ ...rejected, killed: [['a', 99]] }).watchFaults()).toEqual([]);
    expect(checkerOf({ watched: [{}], notified: [{}] }).watchFaults()).toEqual([
      'a called for k, which is accepted',
    ]);
    expect(checkerOf({ ...rejected, notified: [{ watch: 2 }] }).watchFaults()).toHaveLength(1);
    // Nobody knows whether it happened.
    expect(checkerOf({ ...rejected, changed: [{ answeredAt: null }] }).watchFaults()).toEqual([]);
  });
});
