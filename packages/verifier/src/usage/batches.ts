import { fitting } from '../stream/message-size.ts';
import type { DenialTotal, UsageBatch, UsageTotals, UseTotal } from './usage-totals.ts';

/** A batch that the server may or may not have recorded. It is repeated under its number until it is recorded. */
export interface SentBatch extends UsageBatch {
  readonly number: number;
}

/**
 * The batches of usage, in order. The server counts each of them once. One that it refuses is cut in half until a single
 * entry is refused, which is dropped. Before that, the server is asked whether it has recorded the batch.
 */
export class Batches {
  readonly #totals: UsageTotals;
  /** Number of the last recorded batch. */
  #number = 0;
  #current: SentBatch | null = null;
  /** What was cut off from batches that were refused. */
  readonly #rest: UsageBatch[] = [];
  /** Whether the current batch is cut, once it is known that it was not recorded. */
  #isRefused = false;
  /** Number of verifications that were dropped, or of which it can't be found out whether they were recorded. */
  lost = 0;

  constructor(totals: UsageTotals) {
    this.#totals = totals;
  }

  get isEmpty(): boolean {
    return this.#current === null && this.#rest.length === 0 && this.#totals.isEmpty;
  }

  /** Whether there is more than the current batch. */
  get hasRest(): boolean {
    return this.#rest.length > 0 || !this.#totals.isEmpty;
  }

  /** The batch of the next report, up to this size. Null: the report only asks for the number of the last one. */
  next(bytes: number): SentBatch | null {
    this.#current ??= { number: this.#number + 1, ...(this.#rest.shift() ?? this.#totals.take(bytes)) };
    const entries = entriesOf(this.#current);
    this.#isRefused ||= fitting(entries, bytes) < entries.length;
    return this.#isRefused ? null : this.#current;
  }

  /** The server has answered a report that contained this batch, or none: the last recorded batch has this number. */
  answered(batch: SentBatch | null, recorded: number): void {
    const current = this.#current;
    if (!current || (batch !== current && !this.#isRefused)) return;
    this.#number = recorded;
    // The server continues from another number, for example after its database was restored.
    this.#current = recorded >= current.number ? null : { ...current, number: recorded + 1 };
    if (this.#current && this.#isRefused) this.#cut(this.#current);
    this.#isRefused = false;
  }

  /** The server does not accept this batch as it is. */
  refused(batch: SentBatch): void {
    if (batch === this.#current) this.#isRefused = true;
  }

  /** The server doesn't know the batches sent so far. */
  restart(): void {
    // Whether it was recorded can't be found out. Counting twice would be worse than not at all.
    if (this.#current) this.#drop(this.#current);
    this.#number = 0;
    this.#isRefused = false;
  }

  #cut(batch: SentBatch): void {
    const { number, uses, denials } = batch;
    const half = Math.floor((uses.length + denials.length) / 2);
    if (half === 0) return this.#drop(batch);
    const [kept, denied] = [Math.min(half, uses.length), Math.max(0, half - uses.length)];
    this.#current = { number, uses: uses.slice(0, kept), denials: denials.slice(0, denied) };
    this.#rest.unshift({ uses: uses.slice(kept), denials: denials.slice(denied) });
  }

  #drop(batch: SentBatch): void {
    for (const { count } of entriesOf(batch)) this.lost += count;
    this.#current = null;
  }
}

function entriesOf({ uses, denials }: UsageBatch): readonly (UseTotal | DenialTotal)[] {
  return [...uses, ...denials];
}
