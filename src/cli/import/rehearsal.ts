import { START_FAULT } from '../../keys/import/assert-start-quota.ts';
import { CANDIDATES_MAX } from '../../keys/import/candidates.ts';
import { EXISTS_FAULT } from '../../keys/import/insert-imports.ts';
import { isPasswordAlgorithm } from '../../keys/import/password-hash.ts';
import { readHash } from '../../keys/import/read-hash.ts';
import type { HashAlgorithm, Peppers } from '../../keys/import/stored-hash.ts';
import { REUSED_FAULT } from './target.ts';

/** A secret to import, and where its hash and its start are in the input. */
export interface IdentifiedSecret {
  readonly algorithm: HashAlgorithm;
  readonly hash: string;
  readonly start: string;
  readonly hashField: string;
  readonly startField: string;
}

/** A key to import by what must not be repeated. */
export interface IdentifiedKey {
  readonly foreignId: string;
  readonly secrets: readonly IdentifiedSecret[];
}

/**
 * What the earlier batches of a dry run would have added. Nothing of it is in the database, where the next batch of an
 * import would find it.
 */
export class Rehearsal {
  readonly #peppers: Peppers;
  /** Hashes of the keys by their ID in the other system. */
  readonly #keys = new Map<string, ReadonlySet<string>>();
  readonly #hashes = new Set<string>();
  /** Number of password hashes by the start of their secrets. */
  readonly #starts = new Map<string, number>();

  constructor(peppers: Peppers) {
    this.#peppers = peppers;
  }

  /** Whether an earlier batch would have added the key. */
  has({ foreignId }: IdentifiedKey): boolean {
    return this.#keys.has(foreignId);
  }

  /** Why an earlier key prevents this one from being imported as new, or as imported before. */
  faults(key: IdentifiedKey): string[] {
    const added = this.#keys.get(key.foreignId);
    const hashes = key.secrets.flatMap((secret) => this.#stored(secret));
    if (added) return hashes.some((hash) => added.has(hash)) ? [] : [REUSED_FAULT];
    return key.secrets.flatMap((secret) =>
      this.#stored(secret).some((hash) => this.#hashes.has(hash))
        ? [`${secret.hashField}: ${EXISTS_FAULT}`]
        : [],
    );
  }

  /** The starts of password hashes that earlier batches would have added. */
  get starts(): ReadonlySet<string> {
    return new Set(this.#starts.keys());
  }

  /** The same for the limit of starts. `counts`: password hashes by start in the database, and of earlier keys of the batch. */
  startFaults({ secrets }: IdentifiedKey, counts: Map<string, number>): string[] {
    const faults = new Set<string>();
    for (const { algorithm, start, startField } of secrets) {
      const added = this.#starts.get(start);
      if (added === undefined || !isPasswordAlgorithm(algorithm)) continue;
      const count = (counts.get(start) ?? 0) + 1;
      counts.set(start, count);
      if (added + count > CANDIDATES_MAX) faults.add(`${startField}: ${START_FAULT}`);
    }
    return [...faults];
  }

  /** Remembers a key that a batch would have added. */
  add({ foreignId, secrets }: IdentifiedKey): void {
    const hashes = secrets.flatMap((secret) => this.#stored(secret));
    this.#keys.set(foreignId, new Set(hashes));
    for (const hash of hashes) this.#hashes.add(hash);
    for (const { algorithm, start } of secrets)
      if (isPasswordAlgorithm(algorithm)) this.#starts.set(start, (this.#starts.get(start) ?? 0) + 1);
  }

  /** Invalid hashes are reported by the import. */
  #stored({ algorithm, hash }: IdentifiedSecret): string[] {
    const read = readHash(algorithm, hash, this.#peppers);
    return typeof read === 'string' ? [] : [read.stored];
  }
}
