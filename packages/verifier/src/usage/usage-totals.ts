import type { OutcomeSink } from '../../../../src/verification/verify.ts';
import { sizeOf } from '../stream/message-size.ts';

/** Uses of one key that are not reported yet. */
export interface UseTotal {
  readonly hash: string;
  count: number;
  lastUsedAt: number;
  lastUsedIp: string | null;
}

/** Denials of one key for one reason that are not reported yet. */
export interface DenialTotal {
  /** Null: unknown secrets. */
  readonly hash: string | null;
  readonly code: string;
  count: number;
  at: number;
  ip: string | null;
}

/** A batch of usage as it is reported. */
export interface UsageBatch {
  readonly uses: readonly UseTotal[];
  readonly denials: readonly DenialTotal[];
}

/** Maximum number of entries of a batch, and of uses or denials that one entry counts. */
export const ENTRIES_MAX = 1_000;
export const COUNT_MAX = 1_000_000;

/** Collects uses and denials per key. */
export class UsageTotals implements OutcomeSink {
  readonly #onFirst: () => void;
  #uses = new Map<string, UseTotal>();
  #denials = new Map<string, DenialTotal>();

  /** `onFirst` is called when there is something to report that wasn't known before. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
  }

  accepted({ hash, at, ip }: Parameters<OutcomeSink['accepted']>[0]): void {
    const total = this.#uses.get(hash);
    if (total === undefined) {
      this.#uses.set(hash, { hash, count: 1, lastUsedAt: at, lastUsedIp: ip });
      this.#onFirst();
      return;
    }
    total.count += 1;
    total.lastUsedAt = at;
    total.lastUsedIp = ip;
  }

  denied({ hash, code, at, ip }: Parameters<OutcomeSink['denied']>[0]): void {
    const name = `${code} ${hash}`;
    const total = this.#denials.get(name);
    if (total === undefined) {
      this.#denials.set(name, { hash, code, count: 1, at, ip });
      this.#onFirst();
      return;
    }
    total.count += 1;
    total.at = at;
    total.ip = ip;
  }

  get isEmpty(): boolean {
    return this.#uses.size === 0 && this.#denials.size === 0;
  }

  /** Takes out what fits into a batch of this size, bytes; at least one entry. */
  take(bytes: number): UsageBatch {
    const room = { entries: ENTRIES_MAX, bytes };
    return { uses: takeFrom(this.#uses, room), denials: takeFrom(this.#denials, room) };
  }
}

function takeFrom<T extends { count: number }>(
  totals: Map<string, T>,
  room: { entries: number; bytes: number },
): T[] {
  const taken: T[] = [];
  for (const [name, total] of totals) {
    const size = sizeOf(total);
    if (room.entries < ENTRIES_MAX && (room.entries === 0 || size > room.bytes)) {
      room.entries = 0;
      break;
    }
    room.entries -= 1;
    room.bytes -= size;
    if (total.count > COUNT_MAX) {
      total.count -= COUNT_MAX;
      taken.push({ ...total, count: COUNT_MAX });
      continue;
    }
    totals.delete(name);
    taken.push(total);
  }
  return taken;
}
