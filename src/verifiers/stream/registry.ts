import { Interests } from './interests.ts';
import type { StreamOwner, VerifierStream } from './verifier-stream.ts';

/** The streams of this server, and those that have ended while their leases run. */
export class Registry {
  readonly interests = new Interests();
  readonly #open = new Map<string, VerifierStream>();
  /** Ended by the server or by a lost connection: their verifiers may use their caches until their leases end. */
  readonly #ended = new Set<VerifierStream>();
  /** Both, by organization. */
  readonly #organizations = new Map<string, Set<VerifierStream>>();
  readonly #credentials = new Map<string, number>();

  add(stream: VerifierStream): void {
    const { organizationId, credential } = stream.owner;
    this.#open.set(stream.id, stream);
    this.#credentials.set(credential, this.ofCredential(credential) + 1);
    if (organizationId === null) return;
    const streams = this.#organizations.get(organizationId) ?? new Set();
    this.#organizations.set(organizationId, streams.add(stream));
  }

  /** Ends a stream. Unless its verifier has ended its lease itself, what it has cached counts until the lease is over. */
  end(stream: VerifierStream, isReleased: boolean): void {
    if (!this.#open.delete(stream.id)) return;
    stream.end();
    const { credential } = stream.owner;
    const left = this.ofCredential(credential) - 1;
    if (left > 0) this.#credentials.set(credential, left);
    else this.#credentials.delete(credential);
    const runsFor = stream.leaseUntil - performance.now();
    if (isReleased || runsFor <= 0 || stream.organizations.size === 0) return this.#remove(stream);
    this.#ended.add(stream);
    setTimeout(() => this.#remove(stream), Math.ceil(runsFor)).unref();
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

  /** Number of open streams of a credential. */
  ofCredential(credential: StreamOwner['credential']): number {
    return this.#credentials.get(credential) ?? 0;
  }

  /** The streams of an organization, including ended ones. */
  ofOrganization(organizationId: string): ReadonlySet<VerifierStream> {
    return this.#organizations.get(organizationId) ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<VerifierStream> = new Set();
