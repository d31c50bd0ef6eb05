import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { scrub } from '../../core/scrub.ts';
import type { Io } from '../io.ts';
import { oneLine } from '../table.ts';
import type { RejectedRecord } from './record.ts';

/** Rejected records that are listed on standard error. */
const LISTED_MAX = 20;

/** What an import did, or would do. */
export interface Summary {
  readonly dryRun: boolean;
  readonly created: number;
  /** Imported before. */
  readonly unchanged: number;
  readonly rejected: number;
  /** How many keys have a property that Keywright has no equivalent for. */
  readonly notCarriedOver: Readonly<Record<string, number>>;
}

/** Counts what happens to records, lists those that are rejected, and writes them to a file. */
export class Report {
  created = 0;
  unchanged = 0;
  rejected = 0;
  readonly #lost = new Map<string, number>();
  readonly #io: Io;
  readonly #clear: () => void;
  readonly #file: WriteStream | null;

  /** `clear` removes a progress bar. `path`: file for rejected records, readable by its owner only. Null: none. */
  constructor(io: Io, clear: () => void, path: string | null) {
    this.#io = io;
    this.#clear = clear;
    this.#file = path === null ? null : createWriteStream(path, { mode: 0o600 });
  }

  /** Number of records so far. */
  get records(): number {
    return this.created + this.unchanged + this.rejected;
  }

  async reject({ line, foreignId, reasons }: RejectedRecord): Promise<void> {
    this.rejected += 1;
    if (this.rejected <= LISTED_MAX) {
      this.#clear();
      const id = foreignId === '' ? '' : ` (${shown(foreignId)})`;
      this.#io.stderr.write(`Line ${line}${id}: ${reasons.map(shown).join('; ')}\n`);
    } else if (this.rejected === LISTED_MAX + 1) {
      this.#clear();
      const rest = this.#file ? 'The file lists all of them' : 'Use --rejects FILE to list all of them';
      this.#io.stderr.write(`More records are rejected. ${rest}.\n`);
    }
    const isFull = this.#file?.write(`${JSON.stringify({ line, foreignId, reasons })}\n`) === false;
    if (this.#file && isFull) await once(this.#file, 'drain');
  }

  /** Counts properties of an accepted key that are not carried over. */
  lose(names: readonly string[]): void {
    for (const name of new Set(names)) this.#lost.set(name, (this.#lost.get(name) ?? 0) + 1);
  }

  /** Waits until the file is written. */
  async close(): Promise<void> {
    if (!this.#file) return;
    this.#file.end();
    await finished(this.#file);
  }

  summary(dryRun: boolean): Summary {
    const { created, unchanged, rejected } = this;
    return { dryRun, created, unchanged, rejected, notCarriedOver: Object.fromEntries(this.#lost) };
  }
}

/** Text of a file for a terminal: on one line, and without credentials. */
function shown(text: string): string {
  return oneLine(scrub(text.slice(0, 300)));
}
