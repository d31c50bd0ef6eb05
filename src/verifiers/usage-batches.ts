import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { EventBus } from '../cluster/bus.ts';
import { type Batch, emptyBatch, noteDenial, noteUse } from '../usage/batch.ts';
import { usageStore } from '../usage/store.ts';
import { readMark } from '../usage/writer-marks.ts';
import type { VerificationCode } from '../verification/verification-code.ts';
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

/** Writes the usage that verifiers report. Each batch counts once, on whichever servers it arrives. */
export class UsageBatches {
  readonly #services: UsageBatchServices;

  constructor(services: UsageBatchServices) {
    this.#services = services;
  }

  /** The number of the last recorded batch of the stream's writer, 0 if there is none. */
  async last(stream: VerifierStream): Promise<number> {
    stream.recorded ??= await readMark(this.#services.db, writerOf(stream));
    return stream.recorded;
  }

  /**
   * Records a batch, unless it or a later one is recorded. Resolves with the number of the last one. Rejects if the
   * database is not available; the batch can be sent again.
   */
  async record(stream: VerifierStream, number: number, report: UsageReport): Promise<number> {
    const last = await this.last(stream);
    if (number <= last) return last;
    const { db, bus, appended } = this.#services;
    await usageStore(db, writerOf(stream)).append(number, batchOf(report));
    stream.recorded = Math.max(stream.recorded ?? 0, number);
    appended();
    for (const use of report.uses) bus.emit({ type: 'use', ...use });
    for (const denial of report.denials) bus.emit({ type: 'denial', ...denial });
    return stream.recorded;
  }
}

/** With the credential, so that nobody else can use up the numbers of a writer. */
function writerOf({ owner, writer }: VerifierStream): string {
  return `${owner.credential}:${writer}`;
}

function batchOf({ uses, denials }: UsageReport): Batch {
  const batch = emptyBatch();
  for (const use of uses) noteUse(batch, use, use.count);
  for (const denial of denials) noteDenial(batch, denial, denial.count);
  return batch;
}
