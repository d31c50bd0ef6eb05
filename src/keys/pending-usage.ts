import type { Context } from '../context.ts';

/** The last use of a key or secret. */
export interface LastUse {
  readonly at: number;
  readonly ip: string | null;
}

/** Uses that are not written yet. */
export interface PendingUsage {
  /** Last use of a key that is not written yet; readers merge it with the database. */
  pendingKey(keyId: string): LastUse | undefined;
  /**
   * A key's secret's last use and count of uses that a row read before does not hold yet. `lastUsedAt` is what the row says, by
   * which a write that has committed is told from one that is still to come.
   */
  pendingSecret(
    keyId: string,
    secretId: string,
    lastUsedAt: number,
  ): { at: number; uses: number } | undefined;
  /** Writes all pending usage. Resolves when written, or immediately if there is none. */
  flush(): Promise<void>;
}

/** What verbs on keys receive: a key is shown with its last use, written or not. */
export interface KeysContext extends Context {
  readonly usage: PendingUsage;
}
