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

/** Keeps every answer of every node with its times, and decides afterwards what was wrong with them. */
export class Checker {
  readonly verified: Verified[] = [];
  readonly revoked: Revoked[] = [];

  /** Acceptances that were asked for after the key's revocation had been answered: there must be none. */
  lateAcceptances(): string[] {
    const answeredAt = new Map(
      this.revoked.flatMap((one) => (one.answeredAt === null ? [] : [[one.keyId, one] as const])),
    );
    return this.verified.flatMap(({ node, keyId, sentAt, status }) => {
      const revocation = answeredAt.get(keyId);
      if (status !== 200 || revocation?.answeredAt == null || sentAt < revocation.answeredAt) return [];
      const after = (sentAt - revocation.answeredAt).toFixed(1);
      const { confirmedNodes, totalNodes } = revocation;
      return [
        `${node} accepted ${after} ms after ${revocation.node}'s answer (${confirmedNodes}/${totalNodes})`,
      ];
    });
  }

  /** Answers that say neither yes nor no, of those asked for in a stretch of time. */
  undecided(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Verified[] {
    return this.verified.filter(
      ({ status, sentAt }) => ![200, 401, 403, 429].includes(status) && sentAt >= from && sentAt < to,
    );
  }

  /** How often each key was accepted, as far as the answer came; and how often it was asked for without an answer. */
  acceptances(): Map<string, { accepted: number; unanswered: number }> {
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

/** The value below which a share of the others lie, 0 where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
