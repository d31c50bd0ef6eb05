import { availableParallelism } from 'node:os';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { UnavailableError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { findCandidates } from '../keys/import/candidates.ts';
import { type ImportedForms, startsIn } from '../keys/import/imported-forms.ts';
import { matchesPasswordHash } from '../keys/import/password-hash.ts';
import { lookupHash, type Peppers } from '../keys/import/stored-hash.ts';
import { hashSecret } from '../keys/secret.ts';
import type { KeyLookup } from '../verification/services.ts';
import type { OtherSecrets } from '../verification/verify.ts';
import type { Attempt, StoredForms } from './stored-forms.ts';
import { verifyOtherForms } from './verify-other-forms.ts';

/** Password hashes compute in this many threads of the pool, which other work uses, too. */
const RUNNING_MAX = Math.max(1, Math.min(3, availableParallelism() - 1));

/** Maximum number of secrets that wait for their turn. */
const WAITING_MAX = 100;

/** Verifies imported secrets that were not accepted before. */
export interface ImportedSecrets extends StoredForms, OtherSecrets {
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
    const candidates = await findCandidates(db, starts, attempt.visibleKeys?.());
    if (candidates.length === 0) return null;
    return turns.take(async () => {
      for (const hash of candidates) {
        // The client's other attempts may have failed while this one waited.
        if (!attempt.mayFail()) return null;
        if (await matchesPasswordHash(hash, secret)) return hash;
      }
      return null;
    });
  };

  const stored: StoredForms = {
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
  };
  return {
    ...stored,
    mayBeForeign: (keys) => withForms(keys, (forms) => forms.size > 0),
    verify: (needs, request, secret) =>
      withForms(needs.keys, (forms) => verifyOtherForms(stored, forms, needs, request, secret)),
    settled: async () => void (await Promise.all(replacing.values())),
  };
}

function withForms<T>(keys: KeyLookup, use: (forms: ImportedForms) => T | Promise<T>): T | Promise<T> {
  const forms = keys.importedForms();
  return forms instanceof Promise ? forms.then(use) : use(forms);
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
