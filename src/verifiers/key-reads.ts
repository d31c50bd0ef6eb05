import type { Stale } from '../cluster/stale.ts';

/** Changes that were heard while keys were read for a verifier. */
export interface KeyRead {
  /** By organization, the last change that concerns all its keys; by key, the last that concerns it. */
  readonly changes: Map<string, number>;
  /** Whether everything may have changed. */
  all: boolean;
}

/**
 * Reads of keys for verifiers. A read that a change has overtaken may have the state before it, and its verifier was
 * not yet known to be interested when the change was heard.
 */
export class KeyReads {
  readonly #reads = new Set<KeyRead>();

  /** Call before the read; `end` ends it. */
  start(): KeyRead {
    const read: KeyRead = { changes: new Map(), all: false };
    this.#reads.add(read);
    return read;
  }

  end(read: KeyRead): void {
    this.#reads.delete(read);
  }

  heard({ organizationId, last, keyIds }: Stale): void {
    for (const read of this.#reads) {
      if (organizationId === null) read.all = true;
      else
        for (const id of keyIds ?? [organizationId])
          if (last > (read.changes.get(id) ?? 0)) read.changes.set(id, last);
    }
  }
}

/** The last change that a key known up to `sequence` doesn't include; null if it includes all. */
export function overtakenBy(
  { changes }: KeyRead,
  { organizationId, keyId, sequence }: { organizationId: string; keyId: string; sequence: number },
): number | null {
  const last = Math.max(changes.get(organizationId) ?? 0, changes.get(keyId) ?? 0);
  return last > sequence ? last : null;
}
