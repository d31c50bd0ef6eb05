/** A verification, by the clock of this process. */
export interface Verified {
  readonly node: string;
  readonly keyId: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** 0: no answer. */
  readonly status: number;
}

/** A revocation; `answeredAt` null where no answer came, so that nobody knows whether it happened. */
export interface Revoked {
  readonly node: string;
  readonly keyId: string;
  readonly sentAt: number;
  readonly answeredAt: number | null;
  readonly confirmedNodes: number;
  readonly totalNodes: number;
  /** As the answer says. */
  readonly milliseconds: number;
}

/** A row of an organization's log. */
export interface Logged {
  readonly sequence: number;
  readonly action: string;
  readonly targetId: string;
}

/** Keeps every answer of every node with its times, and decides afterwards what was wrong with them: nothing is empty. */
export class Checker {
  readonly verified: Verified[] = [];
  readonly revoked: Revoked[] = [];

  /** Acceptances that were asked for after the key's revocation had been answered. */
  lateAcceptances(): string[] {
    const answered = new Map(
      this.revoked.flatMap((one) => (one.answeredAt === null ? [] : [[one.keyId, one] as const])),
    );
    return this.verified.flatMap(({ node, keyId, sentAt, status }) => {
      const revocation = answered.get(keyId);
      if (status !== 200 || revocation?.answeredAt == null || sentAt < revocation.answeredAt) return [];
      const after = (sentAt - revocation.answeredAt).toFixed(1);
      const { confirmedNodes, totalNodes } = revocation;
      return [
        `${node} accepted ${after} ms after ${revocation.node}'s answer (${confirmedNodes}/${totalNodes})`,
      ];
    });
  }

  /** Revoked keys that no node was asked for after the answer: of these it was not seen that they are refused. */
  unasked(): string[] {
    const asked = new Map<string, number>();
    for (const { keyId, sentAt } of this.verified)
      asked.set(keyId, Math.max(sentAt, asked.get(keyId) ?? Number.NEGATIVE_INFINITY));
    return this.revoked
      .filter(
        ({ keyId, answeredAt }) => answeredAt !== null && !((asked.get(keyId) ?? answeredAt) > answeredAt),
      )
      .map(({ keyId }) => keyId);
  }

  /** Answers that say neither yes nor no, of those asked for in a stretch of time. */
  undecided(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Verified[] {
    return this.verified.filter(
      ({ status, sentAt }) => ![200, 401, 403, 429].includes(status) && sentAt >= from && sentAt < to,
    );
  }

  /** Where the log has gaps or another order, and revocations that were answered and are not in it. */
  logFaults(log: readonly Logged[]): string[] {
    const faults = log.flatMap(({ sequence }, index) =>
      sequence === index + 1 ? [] : [`entry ${index + 1} of the log has sequence ${sequence}`],
    );
    const known = new Set(
      log.filter(({ action }) => action === 'api_key.revoked').map(({ targetId }) => targetId),
    );
    const lost = this.revoked.filter(({ keyId, answeredAt }) => answeredAt !== null && !known.has(keyId));
    return [...faults, ...lost.map(({ node, keyId }) => `${node} answered, and ${keyId} is not revoked`)];
  }

  /** Where a follower of all keys got something else than what is in the log, or in another order. */
  eventFaults(name: string, log: readonly Logged[], got: readonly number[]): string[] {
    const wanted = log.filter(({ action }) => action.startsWith('api_key.')).map(({ sequence }) => sequence);
    const [known, seen] = [new Set(wanted), new Set<number>()];
    const wrong = got.flatMap((sequence, index) => {
      const again = seen.has(sequence);
      seen.add(sequence);
      if (!known.has(sequence)) return [`${name} got ${sequence}, which is not there`];
      if (again) return [`${name} got ${sequence} again`];
      return sequence < (got[index - 1] ?? 0) ? [`${name} got ${sequence} after ${got[index - 1]}`] : [];
    });
    const missed = wanted.filter((sequence) => !seen.has(sequence));
    return [...missed.map((sequence) => `${name} missed ${sequence}`), ...wrong];
  }

  /**
   * Keys whose uses were counted too often or, `atRisk` of all keys apart, not often enough. Where an answer was lost,
   * its use may be counted.
   */
  usageFaults(counted: ReadonlyMap<string, number>, atRisk = 0): string[] {
    const faults: string[] = [];
    let missing = 0;
    for (const [keyId, { accepted, unanswered }] of this.#acceptances()) {
      const uses = counted.get(keyId) ?? 0;
      missing += Math.max(0, accepted - uses);
      if (uses > accepted + unanswered)
        faults.push(`${keyId} was accepted ${accepted} times, counted ${uses}`);
    }
    if (missing > atRisk) faults.push(`${missing} uses are not counted, at most ${atRisk} could be lost`);
    return faults;
  }

  #acceptances(): Map<string, { accepted: number; unanswered: number }> {
    const counts = new Map<string, { accepted: number; unanswered: number }>();
    for (const { keyId, status } of this.verified) {
      const count = counts.get(keyId) ?? { accepted: 0, unanswered: 0 };
      if (status === 200) count.accepted += 1;
      if (status === 0) count.unanswered += 1;
      counts.set(keyId, count);
    }
    return counts;
  }
}
