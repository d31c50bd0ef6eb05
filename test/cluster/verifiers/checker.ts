import type { Changed, History, Verified } from './history.ts';

/** Decides afterwards what was wrong in a history. Nothing is wrong where a list is empty. */
export class VerifierChecker {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  /** Acceptances of verifications that started after the rejection of their key was answered. */
  lateAcceptances(): string[] {
    const changes = this.#changesByKey();
    return this.#history.verified.flatMap((one) => {
      if (one.code !== 'VALID') return [];
      const rejectedAt = rejectedSince(changes.get(one.keyId) ?? [], one);
      if (rejectedAt === null) return [];
      const after = (one.startedAt - rejectedAt).toFixed(1);
      return [`${one.process} accepted ${one.keyId} by its ${one.source}, ${after} ms after the answer`];
    });
  }

  /** Keys that these processes were not asked for after the last answered rejection: it was not seen that they reject. */
  unasked(processes: readonly string[]): string[] {
    const last = new Map<string, number>();
    for (const { process, keyId, startedAt } of this.#history.verified) {
      const name = `${process} ${keyId}`;
      last.set(name, Math.max(startedAt, last.get(name) ?? Number.NEGATIVE_INFINITY));
    }
    return [...this.#changesByKey()].flatMap(([keyId, changes]) => {
      const { effect, answeredAt } = changes.at(-1) ?? {};
      if (effect !== 'rejected' || answeredAt == null) return [];
      return processes
        .filter((process) => (last.get(`${process} ${keyId}`) ?? Number.NEGATIVE_INFINITY) < answeredAt)
        .map((process) => `${process} was not asked for ${keyId} after its rejection`);
    });
  }

  /** Rejections of keys that no change had concerned, or not yet. */
  wrongRejections(): string[] {
    const changes = this.#changesByKey();
    return this.#history.verified.flatMap(({ process, keyId, startedAt, endedAt, code }) => {
      if (['VALID', 'UNAVAILABLE', 'RATE_LIMITED'].includes(code)) return [];
      const isExplained = (changes.get(keyId) ?? []).some(
        (change, index, all) =>
          change.effect === 'rejected' &&
          change.sentAt < endedAt &&
          !all.slice(index + 1).some((next) => next.answeredAt !== null && next.answeredAt < startedAt),
      );
      return isExplained ? [] : [`${process} rejected ${keyId}: ${code}`];
    });
  }

  /** Verifications that could not be decided, of those that started in a period. */
  undecided(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Verified[] {
    return this.#history.verified.filter(
      ({ code, startedAt }) => code === 'UNAVAILABLE' && startedAt >= from && startedAt < to,
    );
  }

  /** Keys that were accepted more often than `limit` allows, in all of their one window. */
  limitFaults(limits: ReadonlyMap<string, number>): string[] {
    const accepted = this.acceptances();
    return [...limits].flatMap(([keyId, limit]) => {
      const times = accepted.get(keyId) ?? 0;
      return times > limit ? [`${keyId} was accepted ${times} times, ${limit} are allowed`] : [];
    });
  }

  /**
   * Keys of which more uses were counted than were accepted, and more uncounted uses than the killed processes could
   * lose: those that they accepted within `batchMs` before.
   */
  usageFaults(counted: ReadonlyMap<string, number>, batchMs: number): string[] {
    const killed = new Map(this.#history.killed.map(({ process, at }) => [process, at]));
    const accepted = this.acceptances();
    let missing = 0;
    const faults: string[] = [];
    for (const [keyId, uses] of counted) {
      const times = accepted.get(keyId) ?? 0;
      // A killed process may have counted one more than it could record.
      const unrecorded = killed.size;
      if (uses > times + unrecorded) faults.push(`${keyId} was accepted ${times} times, counted ${uses}`);
    }
    for (const [keyId, times] of accepted) missing += Math.max(0, times - (counted.get(keyId) ?? 0));
    const atRisk = this.#history.verified.filter(({ process, code, endedAt }) => {
      const at = killed.get(process);
      return code === 'VALID' && at !== undefined && endedAt > at - batchMs;
    }).length;
    if (missing > atRisk) faults.push(`${missing} uses are not counted, at most ${atRisk} could be lost`);
    return faults;
  }

  /**
   * Callbacks of `onInvalid` that were called twice, for keys that were not rejected, or, in processes that run, not at
   * all.
   */
  watchFaults(): string[] {
    const changes = this.#changesByKey();
    const killed = new Set(this.#history.killed.map(({ process }) => process));
    const calls = new Map<string, number>();
    for (const { process, watch } of this.#history.notified)
      calls.set(`${process} ${watch}`, (calls.get(`${process} ${watch}`) ?? 0) + 1);
    return this.#history.watched.flatMap(({ process, watch, keyId, registeredAt }) => {
      const times = calls.get(`${process} ${watch}`) ?? 0;
      const rejections = (changes.get(keyId) ?? []).filter(({ effect }) => effect === 'rejected');
      const isRejected = rejections.some(
        ({ answeredAt }) => answeredAt !== null && answeredAt > registeredAt,
      );
      if (times > 1) return [`${process} called ${times} times for ${keyId}`];
      if (times === 1 && rejections.length === 0)
        return [`${process} called for ${keyId}, which is accepted`];
      if (times === 0 && isRejected && !killed.has(process)) return [`${process} never called for ${keyId}`];
      return [];
    });
  }

  /** How often each key was accepted. */
  acceptances(): Map<string, number> {
    const times = new Map<string, number>();
    for (const { keyId, code } of this.#history.verified)
      if (code === 'VALID') times.set(keyId, (times.get(keyId) ?? 0) + 1);
    return times;
  }

  /** In the order in which they were sent. */
  #changesByKey(): Map<string, Changed[]> {
    const byKey = new Map<string, Changed[]>();
    for (const change of [...this.#history.changed].sort((one, other) => one.sentAt - other.sentAt))
      for (const keyId of change.keyIds) byKey.set(keyId, [...(byKey.get(keyId) ?? []), change]);
    return byKey;
  }
}

/**
 * Since when the key was certainly rejected at the start of a verification, until its end: a later change, answered or
 * not, may have made it acceptable again as soon as it was sent. Null: it was not.
 */
function rejectedSince(changes: readonly Changed[], { startedAt, endedAt }: Verified): number | null {
  let since: number | null = null;
  for (const { effect, sentAt, answeredAt } of changes) {
    if (effect === 'accepted' && sentAt < endedAt) since = null;
    if (effect === 'rejected' && answeredAt !== null && answeredAt <= startedAt) since ??= answeredAt;
  }
  return since;
}
