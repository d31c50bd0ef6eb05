import type { Context } from '../context.ts';

/** The last use of a key or secret. */
export interface LastUse {
  readonly at: number;
  readonly ip: string | null;
}

/** Uses that are not written yet. */
export interface PendingUsage {
  /** A key's last use where it is not written yet: readers lay it over what the database says. */
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
  /** Writes what is gathered. Resolves when it is written; at once where there is nothing. */
  flush(): Promise<void>;
}

/** What verbs on keys receive: a key is shown with its last use, written or not. */
export interface KeysContext extends Context {
  readonly usage: PendingUsage;
}
