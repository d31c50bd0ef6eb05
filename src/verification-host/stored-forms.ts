import type { VisibleKeys } from '../keys/import/candidates.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';

/** A client's attempt to present a secret. */
export interface Attempt {
  /** Whether another failed attempt of the client is within its limit. */
  mayFail(): boolean;
  /** The keys that are visible to the caller. Omitted: all. */
  visibleKeys?(): VisibleKeys;
}

/** The forms in which imported secrets are stored until they are accepted for the first time. */
export interface StoredForms {
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
}
