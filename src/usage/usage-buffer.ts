import type { LastUse } from '../keys/pending-usage.ts';
import type { UsageSink } from '../verification/services.ts';
import {
  addUses,
  type Batch,
  emptyBatch,
  isEmpty,
  type KeyActivity,
  limitLastUses,
  MINUTES_MAX,
  NOT_USED,
  noteDenial,
  noteUse,
  partsOf,
  secretOf,
} from './batch.ts';
import { DenialGroups } from './denial-groups.ts';
import { JOURNAL_LIMITS } from './journal-limits.ts';
import { KnownOrganizations } from './known-organizations.ts';
import type { UsageStore } from './store.ts';

/** Maximum number of failed checkpoints tracked separately. */
const ROUNDS_MAX = 8;

type Keys = Map<string, KeyActivity>;

const NO_KEYS: Keys = new Map();

/**
 * Uses and denials on their way to a store: collected, appended in numbered batches, and finally in the tables. Readers
 * add what the tables may lack to the rows that they read. `append` and `checkpoint` reject if the store does, and the
 * next call retries. Neither runs concurrently with itself; both may run together.
 */
export class UsageBuffer {
  readonly #store: UsageStore;
  readonly #limits: typeof JOURNAL_LIMITS;
  readonly #organizations = new KnownOrganizations();
  #gathering = this.#emptyBatch(MINUTES_MAX);
  /** Set if batches go directly into the tables: the last one that was written, or is being written. */
  #taken: Keys = NO_KEYS;
  /** Unacknowledged batches, each to be sent under the next number. */
  #parts: Batch[] = [];
  /** The number of the last acknowledged part. */
  #number = 0;
  /** In the journal. */
  #journaled: Keys = new Map();
  /** Number of its batches, including those of failed rounds. */
  #batches = 0;
  /** What checkpoints write or last wrote, newest first: a row that was read may or may not include it. */
  #rounds: Keys[] = [];
  #isRoundOpen = false;
  #hasFailed = false;
  #checkpointAt = performance.now();
  #since: number | null = null;
  #takenSince: number | null = null;

  constructor(store: UsageStore, limits = JOURNAL_LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  accepted(use: Parameters<UsageSink['accepted']>[0]): void {
    this.#since ??= performance.now();
    noteUse(this.#gathering, use);
  }

  denied(denial: Parameters<UsageSink['denied']>[0]): void {
    if (denial.organizationId !== null) this.#since ??= performance.now();
    noteDenial(this.#gathering, denial);
  }

  /** Appends everything recorded before the call. */
  async append(): Promise<void> {
    await this.#appendParts();
    if (isEmpty(this.#gathering)) return;
    this.#take();
    await this.#appendParts();
  }

  #emptyBatch(minutesMax: number): Batch {
    return emptyBatch(minutesMax, new DenialGroups(this.#organizations));
  }

  #take(): void {
    const batch = this.#gathering;
    const { isJournaled, keysMax } = this.#store;
    if (!isJournaled) this.#taken = batch.keys;
    this.#parts = batch.keys.size > keysMax ? partsOf(batch, keysMax) : [batch];
    this.#gathering = this.#emptyBatch(MINUTES_MAX - batch.minutes);
    this.#gathering.dropped = batch.dropped;
    this.#takenSince = this.#since;
    this.#since = null;
  }

  async #appendParts(): Promise<void> {
    for (let [part] = this.#parts; part; [part] = this.#parts) {
      if (this.isFull) throw new Error('Too much is waiting to be written');
      await this.#store.append(this.#number + 1, part);
      this.#number += 1;
      this.#parts.shift();
      if (!this.#store.isJournaled) continue;
      addUses(this.#journaled, part.keys.values());
      this.#batches += 1;
    }
    this.#takenSince = null;
    this.#gathering.minutesMax = MINUTES_MAX;
  }

  /** Writes everything appended before the call to the tables. */
  async checkpoint(): Promise<void> {
    if (!this.#store.isJournaled) return;
    this.#beginRound();
    try {
      await this.#store.checkpoint(this.#number);
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      this.#isRoundOpen = false;
    }
  }

  #beginRound(): void {
    this.#checkpointAt = performance.now();
    this.#isRoundOpen = true;
    // Keeps failed rounds: any of their shards may be in the tables.
    if (!this.#hasFailed) this.#rounds = [];
    if (!this.#hasFailed) this.#batches = 0;
    if (this.#journaled.size > 0) this.#rounds.unshift(this.#journaled);
    this.#journaled = new Map();
    if (this.#rounds.length <= ROUNDS_MAX) return;
    const [later, first] = this.#rounds.splice(-2) as [Keys, Keys];
    addUses(first, later.values());
    this.#rounds.push(first);
  }

  /** Whether nothing is appended before a checkpoint. */
  get isFull(): boolean {
    const { keysMax, batchesMax } = this.#limits;
    return this.#batches >= batchesMax || this.#waitingKeys >= keysMax;
  }

  /** Whether usage waits for it. */
  get isHeldUp(): boolean {
    return this.#parts.length > 0 && this.isFull;
  }

  get #waitingKeys(): number {
    const failed = this.#isRoundOpen || this.#hasFailed ? this.#rounds : [];
    return failed.reduce((sum, { size }) => sum + size, this.#journaled.size);
  }

  /** Whether a checkpoint is due. After a failure, only once the interval has passed. */
  get isDue(): boolean {
    if (this.#waitingKeys === 0 || this.#isRoundOpen) return false;
    const { dueKeys, dueMs, soonKeys, soonMs } = this.#limits;
    const isLarge = this.isFull || this.#journaled.size >= dueKeys;
    const intervalMs = this.#waitingKeys <= soonKeys ? soonMs : dueMs;
    return (isLarge && !this.#hasFailed) || performance.now() - this.#checkpointAt >= intervalMs;
  }

  /** Whether anything may not be in the tables. */
  get hasUnwritten(): boolean {
    return (
      !isEmpty(this.#gathering) ||
      this.#parts.length > 0 ||
      this.#journaled.size > 0 ||
      this.#isRoundOpen ||
      this.#hasFailed
    );
  }

  /** Releases the last written usage if nothing is unwritten: every later read includes it. */
  rest(): void {
    if (this.hasUnwritten) return;
    this.#taken = NO_KEYS;
    this.#rounds = [];
  }

  pendingKey(keyId: string): LastUse | undefined {
    for (const keys of [...this.#certain(), ...this.#possible()]) {
      const key = keys.get(keyId);
      if (key && key.at !== NOT_USED) return { at: key.at, ip: key.ip };
    }
    return undefined;
  }

  /** A row's `lastUsedAt` shows whether it includes usage that may be in the tables. */
  pendingSecret(
    keyId: string,
    secretId: string,
    lastUsedAt: number,
  ): { at: number; uses: number } | undefined {
    const find = (keys: Keys) => {
      const key = keys.get(keyId);
      return (key && secretOf(key, secretId)) ?? [];
    };
    const missing = this.#possible()
      .flatMap(find)
      .filter(({ at }) => at > lastUsedAt);
    const pending = [...this.#certain().flatMap(find), ...missing];
    if (pending.length === 0) return undefined;
    return {
      at: Math.max(...pending.map(({ at }) => at)),
      uses: pending.reduce((sum, { uses }) => sum + uses, 0),
    };
  }

  /** Usage in no table, newest first. */
  #certain(): Keys[] {
    const parts = this.#store.isJournaled ? this.#parts.map(({ keys }) => keys) : [];
    return [this.#gathering.keys, ...parts, this.#journaled];
  }

  /** Usage that may be in the tables, newest first. */
  #possible(): Keys[] {
    return this.#store.isJournaled ? this.#rounds : [this.#taken];
  }

  /** Moves last uses after `now` to `now`. Data on disk is not corrected. */
  limitLastUses(now: number): void {
    for (const keys of [...this.#certain(), ...this.#possible()]) limitLastUses(keys.values(), now);
  }

  /** Returns the number of uses and denials dropped since the last call because too many were waiting. */
  takeDropped(): number {
    const { dropped } = this.#gathering;
    this.#gathering.dropped = 0;
    return dropped;
  }

  /** Age of the oldest use or denial that a crash would lose, milliseconds. */
  get waitingMs(): number {
    const oldest = this.#takenSince ?? this.#since;
    return oldest === null ? 0 : performance.now() - oldest;
  }

  /** Number of minutes of keys that a crash would lose. */
  get unsafeMinutes(): number {
    return this.#parts.reduce((sum, { minutes }) => sum + minutes, this.#gathering.minutes);
  }
}
