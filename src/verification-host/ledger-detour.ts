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

/** Interval of attempts to write what is pending, milliseconds. */
const RETRY_MS = 100;

/**
 * What a process has counted while it could not write to the ledger: one small entry per key. Counts are added to those
 * in the ledger, which can be read while it is locked. If several processes count like this at once, each allows the
 * rest of the limit.
 */
export class LedgerDetour {
  readonly #ledger: WindowLedger;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #pending = new Map<string, Pending>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ledger: WindowLedger, now: () => number, log: Log) {
    this.#ledger = ledger;
    this.#now = now;
    this.#log = log;
  }

  /** Whether anything is pending. */
  get isUsed(): boolean {
    return this.#pending.size > 0;
  }

  /** How many of a key's window are used, and when it began. Never throws. */
  used(keyId: string, { limit, length }: WindowLength): { used: number; begins: number } {
    const now = this.#now();
    const isOpen = (window: WindowLength & { begins: number }) =>
      window.limit === limit && window.length === length && now - window.begins < length;
    const stored = this.#read(keyId);
    const pending = this.#pending.get(keyId);
    const counted = stored && isOpen(stored) ? stored : null;
    const added = pending && isOpen(pending) ? pending : null;
    return {
      used: (counted?.count ?? 0) + (added?.count ?? 0),
      begins: counted?.begins ?? added?.begins ?? now,
    };
  }

  /** Counts up to `want` here. */
  take(keyId: string, window: WindowLength, want: number, error: unknown): Counted {
    this.#log.warn('Rate limits can’t be written and are counted by this process', { error });
    const { used, begins } = this.used(keyId, window);
    const granted = Math.max(0, Math.min(want, window.limit - used));
    const known = this.#pending.get(keyId);
    const count = (known && known.begins === begins ? known.count : 0) + granted;
    this.#pending.set(keyId, { ...window, begins, count });
    this.#timer ??= setInterval(() => this.#rejoinAll(), RETRY_MS).unref();
    return { granted, remaining: window.limit - used - granted, begins };
  }

  /** Writes what is pending of a key. Throws if that is still not possible. */
  rejoin(keyId: string): void {
    const pending = this.#pending.get(keyId);
    if (!pending) return;
    const { begins, length, count } = pending;
    // As of the beginning of the window, which may have ended.
    if (count > 0 && this.#now() - begins < length) this.#ledger.take(keyId, pending, count, begins);
    this.#pending.delete(keyId);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  #rejoinAll(): void {
    try {
      for (const keyId of this.#pending.keys()) this.rejoin(keyId);
    } catch {
      return;
    }
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#log.info('Rate limits are written again');
  }

  #read(keyId: string) {
    try {
      return this.#ledger.read(keyId);
    } catch {
      return undefined;
    }
  }
}
