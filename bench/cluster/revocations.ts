import type { Node } from './nodes.ts';
import type { Key, Owner } from './owner.ts';
import { Requester } from './requester.ts';

/** The measurements of revocations, in milliseconds, one value each. */
export interface Revocations {
  /** From request to response. */
  readonly answered: number[];
  /** The same without the time that the response waited for the other servers. */
  readonly withoutWait: number[];
  /** From commit to confirmation by all servers. */
  readonly confirmed: number[];
  /** From commit until a client of each server has received a denial. */
  readonly refusedAfterCommit: number[];
  /** The same from the response. 0 if all had received it before. */
  readonly refusedAfterAnswer: number[];
  /** Accepted requests that were sent after the response. */
  late: number;
  /** Responses without the confirmation of every server. */
  unconfirmed: number;
}

/** Presents a key until it is refused; gives when that was, and how often it was accepted when it was asked too late. */
async function untilRefused(requester: Requester, secret: string, answeredAt: () => number) {
  let late = 0;
  for (;;) {
    const sentAt = performance.now();
    const status = await requester.verify(secret);
    if (status === 401) return { refusedAt: performance.now(), late };
    if (status === 200 && sentAt >= answeredAt()) late += 1;
  }
}

/**
 * Revokes keys one after the other, on each server in turn, while each key is continuously presented to all of them.
 */
export async function revokeAll(
  nodes: readonly Node[],
  owners: readonly Owner[],
  keys: readonly Key[],
): Promise<Revocations> {
  const requesters = nodes.map(({ url }) => new Requester(url));
  const found: Revocations = {
    answered: [],
    withoutWait: [],
    confirmed: [],
    refusedAfterCommit: [],
    refusedAfterAnswer: [],
    late: 0,
    unconfirmed: 0,
  };
  for (const [number, { id, secret }] of keys.entries()) {
    const owner = owners[number % owners.length];
    if (!owner) throw new Error('Nobody revokes');
    // So that every server caches it.
    await Promise.all(requesters.map((requester) => requester.verify(secret)));
    let answeredAt = Number.POSITIVE_INFINITY;
    const sentAt = performance.now();
    const refusals = requesters.map((requester) => untilRefused(requester, secret, () => answeredAt));
    const { milliseconds, confirmedNodes, totalNodes } = await owner.revoke(id);
    answeredAt = performance.now();
    const done = await Promise.all(refusals);
    const refusedAt = Math.max(...done.map((one) => one.refusedAt));
    found.answered.push(answeredAt - sentAt);
    found.withoutWait.push(answeredAt - sentAt - milliseconds);
    found.confirmed.push(milliseconds);
    found.refusedAfterCommit.push(refusedAt - (answeredAt - milliseconds));
    found.refusedAfterAnswer.push(Math.max(0, refusedAt - answeredAt));
    found.late += done.reduce((sum, one) => sum + one.late, 0);
    if (confirmedNodes < totalNodes || totalNodes !== nodes.length) found.unconfirmed += 1;
  }
  for (const requester of requesters) requester.close();
  return found;
}
