import { openLedgerFile } from '../../db/sqlite/ledger-file.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { RateLimiter, Reservation } from '../verification/services.ts';
import { type Counted, LedgerDetour, type WindowLength } from './ledger-detour.ts';
import { LedgerQueue } from './ledger-queue.ts';
import { machineNow, machineRun } from './machine-clock.ts';

/** Interval of checks of the file, milliseconds. */
const CHECK_MS = 1_000;

/** Ended windows are removed in steps of this many keys, one per check. */
const SWEEP_KEYS = 500;

/** A ledger of this process, which closes it. */
export interface LedgerRateLimiter extends RateLimiter {
  close(): void;
}

interface Settings {
  /** The file that all processes of the node share. */
  readonly path: string;
  /** Whether this process, which starts the others, prepares the file and removes what has ended. */
  readonly isOwner: boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The machine's clock; tests replace it. */
  readonly now?: () => number;
}

/**
 * Counts in a file that all processes of a node share, so that they agree exactly, and none waits for another one: a
 * process that hangs denies nobody, and one that is killed loses no count. Windows are as of the machine's monotonic
 * clock, so that steps of the wall clock change none, and end when the machine restarts.
 *
 * While others write, the counts of this process wait together (`LedgerQueue`). If the file can't be written, because
 * nobody wrote for a quarter of a second although the lock is held, or the disk is full, this process counts on top of
 * what it last read (`LedgerDetour`), and writes that later. The owner replaces a file that is missing or damaged within
 * a second; the others then use the new one.
 */
export function ledgerRateLimiter({
  path,
  isOwner,
  clock,
  log,
  now = machineNow,
}: Settings): LedgerRateLimiter {
  const ledger = openLedgerFile(path, isOwner ? machineRun() : null);
  const detour = new LedgerDetour(ledger, now, log);
  const queue = new LedgerQueue(ledger);
  const resetAt = (ends: number) => clock.now() + Math.max(0, Math.ceil(ends - now()));

  const countInLedger = (keyId: string, window: WindowLength, want: number): Counted => {
    const taken = ledger.take(keyId, window, want, now());
    if (taken) return { granted: taken.granted, remaining: window.limit - taken.count, begins: taken.begins };
    return { granted: 0, remaining: 0, begins: ledger.read(keyId)?.begins ?? now() };
  };

  const count = (keyId: string, window: WindowLength, want: number): Counted | Promise<Counted> =>
    detour.takeIfBlocked(keyId, window, want) ??
    queue.write(
      () => countInLedger(keyId, window, want),
      (error) => detour.take(keyId, window, want, error),
    );

  let swept = '';
  const check = (): void => {
    try {
      if (isOwner) swept = ledger.sweep(swept, SWEEP_KEYS, now());
    } catch {
      // Another process writes: the next time. Or the file is damaged.
    }
    ledger.check();
  };
  const timer = setInterval(check, CHECK_MS).unref();

  return {
    take(keyId, limit, windowSeconds) {
      const window = { limit, length: windowSeconds * 1_000 };
      const stateOf = ({ granted, remaining, begins }: Counted): RateLimitState => ({
        allowed: granted > 0,
        remaining,
        resetAt: resetAt(begins + window.length),
      });
      const counted = count(keyId, window, 1);
      return counted instanceof Promise ? counted.then(stateOf) : stateOf(counted);
    },
    peek(keyId, limit, windowSeconds) {
      const length = windowSeconds * 1_000;
      const { used, begins } = detour.used(keyId, { limit, length });
      const remaining = Math.max(0, limit - used);
      return { allowed: remaining > 0, remaining, resetAt: resetAt(begins + length) };
    },
    async reserve(keyId, limit, windowSeconds, want): Promise<Reservation> {
      const length = windowSeconds * 1_000;
      const { granted, remaining, begins } = await count(keyId, { limit, length }, want);
      return {
        granted,
        remaining,
        resetAt: resetAt(begins + length),
        window: `${limit} ${length} ${begins}`,
      };
    },
    async release(keyId, window, unused) {
      const [limit = 0, length = 0, begins = 0] = window.split(' ').map(Number);
      if (unused <= 0) return;
      await queue.write(
        () => ledger.release(keyId, { limit, length, begins }, unused, now()),
        // Not given back: fewer verifications than allowed, and never more.
        () => {},
      );
    },
    close() {
      clearInterval(timer);
      detour.close();
      ledger.close();
    },
  };
}
