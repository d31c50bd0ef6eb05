import type { Context } from '../context.ts';

/** The last use of a key or secret. */
export interface LastUse {
  readonly at: number;
  readonly ip: string | null;
}

/** Usage that is not written yet. */
export interface PendingUsage {
  /** Last use of a key that is not written yet; readers merge it with the database. */
  pendingKey(keyId: string): LastUse | undefined;
  /**
   * The part of a key's secret's last use and number of uses that a previously read row doesn't include. `lastUsedAt`
   * is the row's value, which tells whether a write was committed before the read.
   */
  pendingSecret(
    keyId: string,
    secretId: string,
    lastUsedAt: number,
  ): { at: number; uses: number } | undefined;
  /** Writes all pending usage. Resolves when written, or immediately if nothing is pending. */
  flush(): Promise<void>;
}

/** Context of verbs on keys: a key is shown with its last use, written or not. */
export interface KeysContext extends Context {
  readonly usage: PendingUsage;
}
