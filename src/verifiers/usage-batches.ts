import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { EventBus } from '../cluster/bus.ts';
import { RateLimitedError } from '../core/errors.ts';
import { type Batch, emptyBatch, MINUTES_MAX, noteDenial, noteUse } from '../usage/batch.ts';
import { DenialGroups } from '../usage/denial-groups.ts';
import { KnownOrganizations } from '../usage/known-organizations.ts';
import { appendTogether } from '../usage/store.ts';
import { type BatchName, readMark } from '../usage/writer-marks.ts';
import type { VerificationCode } from '../verification/verification-code.ts';
import { GroupedWrites } from './grouped-writes.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';

/** Accepted verifications of a secret. */
export interface CountedUse {
  readonly organizationId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly count: number;
  /** Of the last one, milliseconds since the epoch. */
  readonly at: number;
  readonly ip: string | null;
}

/** Denied verifications. */
export interface CountedDenial {
  /** Null: the key is unknown, and the verifier is of no organization. */
  readonly organizationId: string | null;
  /** Null: unknown. */
  readonly keyId: string | null;
  readonly secretId: string | null;
  readonly code: VerificationCode;
  readonly count: number;
  readonly at: number;
  readonly ip: string | null;
}

/** What a verifier reports at once. */
export interface UsageReport {
  readonly uses: readonly CountedUse[];
  readonly denials: readonly CountedDenial[];
}

/** What the batches of verifiers are written with. */
export interface UsageBatchServices {
  /** Runs transactions without delaying requests. */
  readonly db: Kysely<Tables>;
  readonly bus: Pick<EventBus, 'emit'>;
  /** Called when the journal of an embedded database has an entry that must be moved to the tables. */
  appended(): void;
}

/** Number of transactions at a time: they share the connections of everything else that isn't urgent. */
const TRANSACTIONS_MAX = 2;

/** Uses and denials per transaction, unless one batch has more. Bounds how long a change waits for the same rows. */
const ENTRIES_MAX = 1_000;

/** Batches of a stream that are being written. Its verifier may repeat one without waiting any longer for the first. */
const BATCHES_MAX = 4;

const RETRY_AFTER_S = 1;

/** A batch that waits for its transaction. */
interface Waiting extends BatchName {
  readonly report: UsageReport;
}

/**
 * Writes the usage that verifiers report. Each batch counts once, on whichever servers it arrives. What verifiers with the
 * same credential report while a transaction runs is written together in the next one: they mostly use the same keys, for
 * whose rows they would wait otherwise. Organizations take turns, and so do the credentials of each.
 */
export class UsageBatches {
  readonly #services: UsageBatchServices;
  readonly #writes: GroupedWrites<Waiting, ReadonlySet<string>>;
  readonly #organizations = new KnownOrganizations();

  constructor(services: UsageBatchServices) {
    this.#services = services;
    this.#writes = new GroupedWrites(TRANSACTIONS_MAX, countTogether, (batches) => this.#write(batches));
  }

  /** The number of the last recorded batch of the stream's writer, 0 if there is none. */
  async last(stream: VerifierStream): Promise<number> {
    stream.recorded ??= await readMark(this.#services.db, writerOf(stream));
    return stream.recorded;
  }

  /**
   * Records a batch, unless it or a later one is recorded. Resolves with the number of the last one. Rejects with
   * RateLimitedError if the stream has too many batches at a time, or if the database is not available; the batch can be
   * sent again.
   */
  async record(stream: VerifierStream, number: number, report: UsageReport): Promise<number> {
    if (stream.recorded !== null && number <= stream.recorded) return stream.recorded;
    if (stream.batches >= BATCHES_MAX)
      throw new RateLimitedError(
        `A verifier can report at most ${BATCHES_MAX} batches at a time`,
        RETRY_AFTER_S,
      );
    const writer = writerOf(stream);
    const { credential, organizationId } = stream.owner;
    stream.batches += 1;
    try {
      const waiting = { writer, number, report };
      const written = await this.#writes.add(credential, waiting, organizationId ?? credential);
      if (!written.has(writer)) {
        stream.recorded = null;
        return await this.last(stream);
      }
    } catch (error) {
      // It may be recorded: the answer may have been lost.
      stream.recorded = null;
      throw error;
    } finally {
      stream.batches -= 1;
    }
    stream.recorded = Math.max(stream.recorded ?? 0, number);
    const { bus } = this.#services;
    for (const use of report.uses) bus.emit({ type: 'use', ...use });
    for (const denial of report.denials) bus.emit({ type: 'denial', ...denial });
    return stream.recorded;
  }

  async #write(batches: readonly Waiting[]): Promise<ReadonlySet<string>> {
    const { db, appended } = this.#services;
    const written = await appendTogether(db, batches, (writers) =>
      this.#merge(batches.filter(({ writer }) => writers.has(writer))),
    );
    appended();
    return written;
  }

  #merge(batches: readonly Waiting[]): Batch {
    const batch = emptyBatch(MINUTES_MAX, new DenialGroups(this.#organizations));
    for (const { report } of batches) {
      for (const use of report.uses) noteUse(batch, use, use.count);
      for (const denial of report.denials) noteDenial(batch, denial, denial.count);
    }
    return batch;
  }
}

/** How many batches from the front of a list fit into one transaction: of different writers, at least one. */
function countTogether(waiting: readonly Waiting[]): number {
  const writers = new Set<string>();
  let entries = 0;
  for (const { writer, report } of waiting) {
    // At least one: it has a mark.
    entries += Math.max(1, report.uses.length + report.denials.length);
    if (writers.size > 0 && (entries > ENTRIES_MAX || writers.has(writer))) break;
    writers.add(writer);
  }
  return writers.size;
}

/** With the credential, so that nobody else can use up the numbers of a writer. */
function writerOf({ owner, writer }: VerifierStream): string {
  return `${owner.credential}:${writer}`;
}
