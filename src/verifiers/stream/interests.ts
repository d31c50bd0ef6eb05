import type { Stale } from '../../cluster/stale.ts';
import type { VerifierStream } from './verifier-stream.ts';

/** Maximum number of keys by which one stream, and all of them together, are found. */
export interface InterestLimits {
  readonly perStream: number;
  readonly total: number;
}

const LIMITS: InterestLimits = { perStream: 10_000, total: 500_000 };

interface Organization {
  /** Verifiers that may have cached any of its keys. */
  readonly streams: Set<VerifierStream>;
  /** Those that get all of its changes. */
  readonly all: Set<VerifierStream>;
}

/** Which verifiers may have cached which keys. */
export class Interests {
  readonly #limits: InterestLimits;
  readonly #keys = new Map<string, Set<VerifierStream>>();
  readonly #organizations = new Map<string, Organization>();
  #size = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** A verifier is about to cache this key. */
  add(stream: VerifierStream, organizationId: string, keyId: string): void {
    if (stream.keys.has(keyId)) return;
    const known = stream.organizations.get(organizationId);
    if (known === 'all') return;
    const organization = this.#organizations.get(organizationId) ?? { streams: new Set(), all: new Set() };
    this.#organizations.set(organizationId, organization);
    organization.streams.add(stream);
    if (stream.keys.size >= this.#limits.perStream || this.#size >= this.#limits.total) {
      organization.all.add(stream);
      stream.organizations.set(organizationId, 'all');
      return;
    }
    stream.organizations.set(organizationId, 'some');
    stream.keys.add(keyId);
    const streams = this.#keys.get(keyId) ?? new Set();
    this.#keys.set(keyId, streams.add(stream));
    this.#size += 1;
  }

  /** A verifier has nothing cached. */
  remove(stream: VerifierStream): void {
    for (const keyId of stream.keys) {
      const streams = this.#keys.get(keyId);
      streams?.delete(stream);
      if (streams?.size === 0) this.#keys.delete(keyId);
    }
    this.#size -= stream.keys.size;
    stream.keys.clear();
    for (const organizationId of stream.organizations.keys()) {
      const organization = this.#organizations.get(organizationId);
      organization?.streams.delete(stream);
      organization?.all.delete(stream);
      if (organization?.streams.size === 0) this.#organizations.delete(organizationId);
    }
    stream.organizations.clear();
  }

  /** The verifiers that may have cached what has changed in an organization, with the keys concerned. Null: any. */
  concerned(organizationId: string, keyIds: Stale['keyIds']): Map<VerifierStream, readonly string[] | null> {
    const found = new Map<VerifierStream, string[] | readonly string[] | null>();
    const organization = this.#organizations.get(organizationId);
    if (!organization) return found;
    for (const stream of keyIds === null ? organization.streams : organization.all) found.set(stream, keyIds);
    for (const keyId of keyIds ?? []) {
      for (const stream of this.#keys.get(keyId) ?? []) {
        if (organization.all.has(stream)) continue;
        const known = found.get(stream) as string[] | undefined;
        if (known) known.push(keyId);
        else found.set(stream, [keyId]);
      }
    }
    return found;
  }

  /** Organizations of which any key may be cached. */
  get organizations(): Iterable<string> {
    return this.#organizations.keys();
  }

  has(organizationId: string): boolean {
    return this.#organizations.has(organizationId);
  }

  /** Number of keys by which streams are found. */
  get size(): number {
    return this.#size;
  }
}
