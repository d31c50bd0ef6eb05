import { availableParallelism } from 'node:os';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { UnavailableError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { CANDIDATES_MAX, type Candidate, findCandidates } from '../keys/import/candidates.ts';
import { type ImportedForms, startsIn } from '../keys/import/imported-forms.ts';
import { matchesPasswordHash } from '../keys/import/password-hash.ts';
import { lookupHash, type Peppers } from '../keys/import/stored-hash.ts';
import { hashSecret } from '../keys/secret.ts';

/** Password hashes compute in this many threads of the pool, which other work uses, too. */
const RUNNING_MAX = Math.max(1, Math.min(3, availableParallelism() - 1));

/** Maximum number of secrets that wait for their turn. */
const WAITING_MAX = 100;

/** A client's attempt to present a secret. */
export interface Attempt {
  /** Whether another failed attempt of the client is within its limit. */
  mayFail(): boolean;
  /** Whether a key is visible to the caller. */
  visible(key: Pick<Candidate, 'organizationId' | 'teamIds'>): boolean;
}

/** Finds imported secrets that were not accepted before. */
export interface ImportedSecrets {
  /** The texts by which the secret may be stored, apart from SHA-256, in any order. */
  lookupHashes(forms: ImportedForms, secret: string): string[];
  /**
   * The password hash of the secret, or null. Compares at most 8 hashes, in other threads, and only those whose visible
   * start matches and whose key is visible to the caller. Resolves null without comparing once the client has exhausted
   * its failed attempts. Rejects with UnavailableError if too many secrets are waiting.
   */
  findPasswordHash(forms: ImportedForms, secret: string, attempt: Attempt): Promise<string | null> | null;
  /** Replaces the stored hash of an accepted secret by SHA-256. Returns at once, and never fails. */
  replace(stored: string, secret: string): void;
  /** Resolves when all hashes are replaced. */
  settled(): Promise<void>;
}

/** Creates the service. */
export function createImportedSecrets(
  { db, log }: { readonly db: Kysely<Tables>; readonly log: Log },
  peppers: Peppers,
): ImportedSecrets {
  const turns = new Turns(RUNNING_MAX, WAITING_MAX);
  const replacing = new Map<string, Promise<void>>();

  const replace = async (stored: string, secret: string): Promise<void> => {
    try {
      // The first node replaces it. On the others, the condition matches no row.
      await db
        .updateTable('api_key_secrets')
        .set({ hash: hashSecret(secret) })
        .where('hash', '=', stored)
        .execute();
    } catch (error) {
      // The next use tries again. The error may contain the hash.
      const { code = '' } = error as { readonly code?: string };
      log.warn('The hash of an imported secret could not be replaced', { code });
    }
  };

  const compare = async (starts: readonly string[], secret: string, attempt: Attempt) => {
    const found = await findCandidates(db, starts);
    const candidates = found.filter((one) => attempt.visible(one)).slice(0, CANDIDATES_MAX);
    if (candidates.length === 0) return null;
    return turns.take(async () => {
      for (const { hash } of candidates) {
        // The client's other attempts may have failed while this one waited.
        if (!attempt.mayFail()) return null;
        if (await matchesPasswordHash(hash, secret)) return hash;
      }
      return null;
    });
  };

  return {
    lookupHashes: (forms, secret) =>
      [...forms].flatMap((form) => (form === 'sha256' ? [] : (lookupHash(form, secret, peppers) ?? []))),
    findPasswordHash(forms, secret, attempt) {
      const starts = startsIn(forms, secret);
      return starts.length === 0 || !attempt.mayFail() ? null : compare(starts, secret, attempt);
    },
    replace(stored, secret) {
      if (replacing.has(stored)) return;
      replacing.set(
        stored,
        replace(stored, secret).finally(() => replacing.delete(stored)),
      );
    },
    settled: async () => void (await Promise.all(replacing.values())),
  };
}

/** Runs work, a number at a time and in order. */
class Turns {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#runningMax) {
      if (this.#waiting.length >= this.#waitingMax)
        throw new UnavailableError('Too many secrets with password hashes are being verified');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Passes its turn on.
      if (next) next();
      else this.#running -= 1;
    }
  }
}
