import { Interests } from './interests.ts';
import type { VerifierStream } from './verifier-stream.ts';

/** The streams of this server, and those that have ended while their leases run. */
export class Registry {
  readonly interests = new Interests();
  /** Called with whether streams are open, when the first one opens and the last one ends. */
  onPresence: (any: boolean) => void = () => {};
  readonly #open = new Map<string, VerifierStream>();
  /** Ended by the server or by a lost connection: their verifiers may use their caches until their leases end. */
  readonly #ended = new Set<VerifierStream>();
  /** Both, by organization. */
  readonly #organizations = new Map<string, Set<VerifierStream>>();

  add(stream: VerifierStream): void {
    const { organizationId } = stream.owner;
    this.#open.set(stream.id, stream);
    if (this.#open.size === 1) this.onPresence(true);
    if (organizationId === null) return;
    const streams = this.#organizations.get(organizationId) ?? new Set();
    this.#organizations.set(organizationId, streams.add(stream));
  }

  /** Ends a stream. Unless its verifier has ended its lease itself, what it has cached counts until the lease is over. */
  end(stream: VerifierStream, isReleased: boolean): void {
    if (!this.#open.delete(stream.id)) return;
    stream.end();
    if (this.#open.size === 0) this.onPresence(false);
    const runsFor = stream.leaseUntil - performance.now();
    if (isReleased || runsFor <= 0 || stream.organizations.size === 0) return this.#remove(stream);
    this.#ended.add(stream);
    setTimeout(() => {
      for (const wait of [...stream.waits]) wait.expired(stream);
      this.#remove(stream);
    }, Math.ceil(runsFor)).unref();
  }

  #remove(stream: VerifierStream): void {
    const { organizationId } = stream.owner;
    this.#ended.delete(stream);
    this.interests.remove(stream);
    for (const wait of stream.waits) wait.released(stream);
    if (organizationId === null) return;
    const streams = this.#organizations.get(organizationId);
    streams?.delete(stream);
    if (streams?.size === 0) this.#organizations.delete(organizationId);
  }

  /** The open streams. */
  get streams(): Iterable<VerifierStream> {
    return this.#open.values();
  }

  /** Those that have ended, too. */
  *everyone(): Iterable<VerifierStream> {
    yield* this.#open.values();
    yield* this.#ended;
  }

  /** Number of open streams. */
  get size(): number {
    return this.#open.size;
  }

  /** The streams of an organization, including ended ones. */
  ofOrganization(organizationId: string): ReadonlySet<VerifierStream> {
    return this.#organizations.get(organizationId) ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<VerifierStream> = new Set();
