import type { WindowLedger } from '../../db/sqlite/window-ledger.ts';
import type { Log } from '../core/log.ts';

/** A limit, and the length of its windows in milliseconds. */
export interface WindowLength {
  readonly limit: number;
  readonly length: number;
}

/** The outcome of counting. */
export interface Counted {
  readonly granted: number;
  readonly remaining: number;
  /** When the window began, by the machine's clock. */
  readonly begins: number;
}

interface Pending extends WindowLength {
  readonly begins: number;
  readonly count: number;
}

/** Interval of attempts to write what is pending, milliseconds, and the number of keys of each. */
const RETRY = { everyMs: 100, keys: 500 };

/**
 * What a process has counted while it could not write to the ledger: one small entry per key. Counts are added to those
 * in the ledger, which can be read while it is locked, or its disk is full. If several processes count like this at
 * once, each allows the rest of the limit.
 */
export class LedgerDetour {
  readonly #ledger: WindowLedger;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #pending = new Map<string, Pending>();
  /** Whether the last attempt to write failed. */
  #isBlocked = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(ledger: WindowLedger, now: () => number, log: Log) {
    this.#ledger = ledger;
    this.#now = now;
    this.#log = log;
  }

  /** How many of a key's window are used, and when it began. Never throws. */
  used(keyId: string, window: WindowLength): { used: number; begins: number } {
    const { stored, pending, begins } = this.#counts(keyId, window);
    return { used: stored + pending, begins };
  }

  #counts(keyId: string, { limit, length }: WindowLength) {
    const now = this.#now();
    const isOpen = (window: WindowLength & { begins: number }) =>
      window.limit === limit && window.length === length && now - window.begins < length;
    const stored = this.#read(keyId);
    const pending = this.#pending.get(keyId);
    const counted = stored && isOpen(stored) ? stored : null;
    const added = pending && isOpen(pending) ? pending : null;
    return {
      stored: counted?.count ?? 0,
      pending: added?.count ?? 0,
      begins: counted?.begins ?? added?.begins ?? now,
    };
  }

  /** Counts up to `want` here, because of this error, until something can be written again. */
  take(keyId: string, window: WindowLength, want: number, error: unknown): Counted {
    this.#isBlocked = true;
    if (!this.#timer) {
      this.#log.warn('Rate limits can’t be written and are counted by this process', { error });
      this.#timer = setInterval(() => this.#writePending(), RETRY.everyMs).unref();
    }
    return this.#count(keyId, window, want);
  }

  /** Counts here if the ledger could not be written to, and can't be now. Null: count there. */
  takeIfBlocked(keyId: string, window: WindowLength, want: number): Counted | null {
    if (!this.#timer || this.#rejoin(keyId)) return null;
    return this.#count(keyId, window, want);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  #count(keyId: string, window: WindowLength, want: number): Counted {
    const { stored, pending, begins } = this.#counts(keyId, window);
    const left = Math.max(0, window.limit - stored - pending);
    const granted = Math.min(want, left);
    this.#pending.set(keyId, { ...window, begins, count: pending + granted });
    return { granted, remaining: left - granted, begins };
  }

  /** Writes what is pending of a key, before more of it is counted in the ledger. False: not possible now. */
  #rejoin(keyId: string): boolean {
    if (this.#isBlocked) return false;
    try {
      this.#write(keyId);
    } catch {
      this.#isBlocked = true;
      return false;
    }
    this.#pending.delete(keyId);
    return true;
  }

  #write(keyId: string): void {
    const pending = this.#pending.get(keyId);
    if (!pending) return;
    const { begins, length, count } = pending;
    // As of the beginning of the window, which may have ended.
    if (count > 0 && this.#now() - begins < length) this.#ledger.take(keyId, pending, count, begins);
  }

  #writePending(): void {
    const keyIds = [...this.#pending.keys()].slice(0, RETRY.keys);
    try {
      this.#ledger.together(() => {
        for (const keyId of keyIds) this.#write(keyId);
      });
    } catch {
      this.#isBlocked = true;
      this.#forgetEnded(keyIds);
      return;
    }
    this.#isBlocked = false;
    for (const keyId of keyIds) this.#pending.delete(keyId);
    if (this.#pending.size > 0) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#log.info('Rate limits are written again');
  }

  /** The next attempt looks at others. */
  #forgetEnded(keyIds: readonly string[]): void {
    for (const keyId of keyIds) {
      const pending = this.#pending.get(keyId);
      this.#pending.delete(keyId);
      if (pending && this.#now() - pending.begins < pending.length) this.#pending.set(keyId, pending);
    }
  }

  #read(keyId: string) {
    try {
      return this.#ledger.read(keyId);
    } catch {
      return undefined;
    }
  }
}
