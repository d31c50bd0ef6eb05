import { setTimeout as pause } from 'node:timers/promises';
import { isBusy, openWindowLedger } from '../../db/sqlite/window-ledger.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { RateLimiter, Reservation } from '../verification/services.ts';
import { type Counted, LedgerDetour, type WindowLength } from './ledger-detour.ts';
import { machineNow, machineRun } from './machine-clock.ts';

/** How long a verification tries to write while other processes do, milliseconds: first without, then with pauses. */
const SPIN_MS = 0.1;
const WAIT_MS = 250;
const PAUSE_MS = 1;

/** Ended windows are removed in steps of this many keys. */
const SWEEP = { everyMs: 1_000, keys: 500 };

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
 * If the file can't be written for a quarter of a second, because a process was stopped in the microseconds in which it
 * writes or the disk is full, this process counts on top of what it last read (`LedgerDetour`), and writes that later.
 */
export function ledgerRateLimiter({
  path,
  isOwner,
  clock,
  log,
  now = machineNow,
}: Settings): LedgerRateLimiter {
  const ledger = openWindowLedger(path, isOwner ? machineRun() : null);
  const detour = new LedgerDetour(ledger, now, log);
  const resetAt = (ends: number) => clock.now() + Math.max(0, Math.ceil(ends - now()));

  const count = (keyId: string, window: WindowLength, want: number): Counted => {
    if (detour.isUsed) detour.rejoin(keyId);
    const taken = ledger.take(keyId, window, want, now());
    if (taken) return { granted: taken.granted, remaining: window.limit - taken.count, begins: taken.begins };
    return { granted: 0, remaining: 0, begins: ledger.read(keyId)?.begins ?? now() };
  };

  /** At once, unless another process holds the lock for longer than a write usually takes. */
  const countSoon = (keyId: string, window: WindowLength, want: number): Counted | Promise<Counted> => {
    const end = performance.now() + SPIN_MS;
    for (;;) {
      try {
        return count(keyId, window, want);
      } catch (error) {
        if (!isBusy(error)) return detour.take(keyId, window, want, error);
        if (performance.now() >= end) return countLater(keyId, window, want);
      }
    }
  };

  const countLater = async (keyId: string, window: WindowLength, want: number): Promise<Counted> => {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      await pause(PAUSE_MS);
      try {
        return count(keyId, window, want);
      } catch (error) {
        if (!isBusy(error) || performance.now() >= end) return detour.take(keyId, window, want, error);
      }
    }
  };

  let swept = '';
  const sweep = (): void => {
    try {
      swept = ledger.sweep(swept, SWEEP.keys, now());
    } catch {
      // Another process writes. The next time.
    }
  };
  const timer = isOwner ? setInterval(sweep, SWEEP.everyMs).unref() : undefined;

  return {
    take(keyId, limit, windowSeconds) {
      const window = { limit, length: windowSeconds * 1_000 };
      const stateOf = ({ granted, remaining, begins }: Counted): RateLimitState => ({
        allowed: granted > 0,
        remaining,
        resetAt: resetAt(begins + window.length),
      });
      const counted = countSoon(keyId, window, 1);
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
      const { granted, remaining, begins } = await countSoon(keyId, { limit, length }, want);
      return {
        granted,
        remaining,
        resetAt: resetAt(begins + length),
        window: `${limit} ${length} ${begins}`,
      };
    },
    async release(keyId, window, unused) {
      const [limit = 0, length = 0, begins = 0] = window.split(' ').map(Number);
      const end = performance.now() + WAIT_MS;
      while (unused > 0) {
        try {
          return ledger.release(keyId, { limit, length, begins }, unused, now());
        } catch (error) {
          // Not given back: fewer verifications than allowed, and never more.
          if (!isBusy(error) || performance.now() >= end) return;
          await pause(PAUSE_MS);
        }
      }
    },
    close() {
      clearInterval(timer);
      detour.close();
      ledger.close();
    },
  };
}
