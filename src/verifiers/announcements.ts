import type { Confirmed } from '../cluster/bus.ts';
import type { Stale } from '../cluster/stale.ts';
import { RateLimitedError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { Acknowledgments, type Expected } from './stream/acknowledgments.ts';
import type { Registry } from './stream/registry.ts';
import { Strikes } from './stream/strikes.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';

/** Sends changes to the verifiers concerned, and waits for them. */
export class Announcements {
  readonly strikes = new Strikes();
  readonly #registry: Registry;
  readonly #log: Log;
  readonly #acknowledged: (milliseconds: number) => void;

  /** `acknowledged` is called with the time that each acknowledgment took. */
  constructor(registry: Registry, log: Log, acknowledged: (milliseconds: number) => void) {
    this.#registry = registry;
    this.#log = log;
    this.#acknowledged = acknowledged;
  }

  /** Resolves when no verifier can rely on the state before the change. Undefined if there are none. */
  announce({ organizationId, first, last, keyIds }: Stale): Promise<Confirmed> | undefined {
    if (organizationId === null) return this.resetAll();
    const expected = new Map<VerifierStream, Expected>();
    for (const [stream, apiKeyIds] of this.#registry.interests.concerned(organizationId, keyIds)) {
      const number = stream.sendChange({ type: 'change', organizationId, first, last, apiKeyIds });
      expected.set(stream, { number, deadline: stream.leaseUntil });
    }
    // Those of the organization, and those of operators that have cached its keys.
    const own = this.#registry.ofOrganization(organizationId);
    let total = own.size;
    for (const stream of expected.keys()) if (!own.has(stream)) total += 1;
    return this.#wait(expected, total);
  }

  /** Everything may have changed for everyone. The same promise. */
  resetAll(): Promise<Confirmed> | undefined {
    const expected = new Map<VerifierStream, Expected>();
    for (const stream of [...this.#registry.everyone()]) {
      stream.isWaiting = false;
      const number = stream.sendChange({ type: 'reset' });
      expected.set(stream, { number, deadline: stream.leaseUntil });
    }
    return this.#wait(expected, expected.size);
  }

  #wait(expected: Map<VerifierStream, Expected>, total: number): Promise<Confirmed> | undefined {
    if (total === 0) return undefined;
    return new Acknowledgments(expected, total, {
      acknowledged: this.#acknowledged,
      missed: (stream, since) => this.#missed(stream, since),
    }).done;
  }

  /** A change waited for the deadline of a verifier. Several in the same lease count once. */
  #missed(stream: VerifierStream, since: number): void {
    if (stream.hasMissed) return;
    stream.hasMissed = true;
    const { credential } = stream.owner;
    const now = performance.now();
    // One that is cut off or stopped sends nothing else, either.
    const responds = !stream.isOver && stream.heardAt >= since;
    if (!this.strikes.add(credential, now, responds)) return;
    this.#log.warn('A verifier did not acknowledge changes; its credential is rejected', {
      actor: credential,
    });
    const seconds = this.strikes.rejectedFor(credential, now);
    const error = new RateLimitedError('Verifiers with this credential did not acknowledge changes', seconds);
    for (const one of [...this.#registry.streams]) if (one.owner.credential === credential) one.fail(error);
  }
}
