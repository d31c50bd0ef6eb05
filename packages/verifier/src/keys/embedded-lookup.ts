import { lookUpInBatches } from '../../../../src/verification/look-up-in-batches.ts';
import type { KeyLookup, UseKey } from '../../../../src/verification/services.ts';
import { type KeyResult, readKeys } from '../stream/answers.ts';
import type { Link } from '../stream/link.ts';
import { fitting } from '../stream/message-size.ts';
import { KEYS } from '../stream/operations.ts';
import { embeddedKey } from './embedded-key.ts';

/** Maximum number of concurrent look-ups; the server allows no more. */
const READS_MAX = 2;

/** Size of a look-up without its secrets, bytes. */
const OVERHEAD_BYTES = Buffer.byteLength(KEYS) + 250;

/** Looks up keys on the server, and caches them while the link is current. */
export class EmbeddedLookup implements KeyLookup {
  readonly #link: Link;
  readonly #lookup: KeyLookup;
  /** Addresses of the clients for which a look-up is made: it counts as a failed attempt of theirs if there is no key. */
  readonly #addresses = new Map<string, string>();
  /** Hashes of unknown secrets for which the server says that too many attempts have failed; until their use. */
  readonly #tooMany = new Set<string>();
  /** Whether secrets imported by other hashes than SHA-256 exist, or imported secrets at all, as the server said last. */
  otherHashes = false;
  importedSecrets = false;
  /** The client's address of the verification that runs at the moment. */
  ip: string | null = null;

  constructor(link: Link, maxKeys: number) {
    this.#link = link;
    this.#lookup = lookUpInBatches(
      { find: (hashes) => this.#find(hashes), findForms: async () => [] },
      link,
      maxKeys,
      READS_MAX,
    );
  }

  withKey<T>(hash: string, use: UseKey<T>): T | Promise<Awaited<T>> {
    const result = this.#lookup.withKey(hash, use);
    if (result instanceof Promise && this.ip !== null) this.#addresses.set(hash, this.ip);
    return result;
  }

  /** Whether the server says that too many attempts have failed; asked when a secret was found to be unknown. */
  isTooMany(hash: string): boolean {
    return this.#tooMany.has(hash);
  }

  async #find(hashes: readonly string[]) {
    const left = hashes.map((hash) => ({ hash, ip: this.#addresses.get(hash) ?? null }));
    for (const hash of hashes) this.#addresses.delete(hash);
    const results: KeyResult[] = [];
    while (left.length > 0) {
      const secrets = left.splice(0, fitting(left, this.#link.messageSize.bytes - OVERHEAD_BYTES));
      const part = await this.#link.query(
        KEYS,
        (stream) => ({ stream, secrets }),
        (data) => readKeys(data, secrets.length),
      );
      this.otherHashes = part.otherHashes;
      this.importedSecrets = part.importedSecrets;
      results.push(...part.results);
    }
    return results.flatMap(({ apiKey, tooManyFailures }, index) => {
      const hash = hashes[index] ?? '';
      if (apiKey === null) {
        if (tooManyFailures) this.#note(hash);
        return [];
      }
      const { organizationId, id: keyId, sequence } = apiKey;
      return [{ place: index + 1, organizationId, keyId, sequence, key: () => embeddedKey(hash, apiKey) }];
    });
  }

  #note(hash: string): void {
    this.#tooMany.add(hash);
    // The verifications that wait for the look-up are decided before.
    setImmediate(() => this.#tooMany.delete(hash));
  }

  importedForms(): ReadonlySet<string> {
    return new Set();
  }

  /** Number of cached keys. */
  get size(): number {
    return this.#lookup.size;
  }

  get counts() {
    return this.#lookup.counts;
  }

  stop(): void {
    this.#lookup.stop();
  }
}
