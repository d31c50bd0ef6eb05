import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Log } from '../core/log.ts';
import { Paced } from '../core/paced.ts';
import type { VerifierStream } from './stream/verifier-stream.ts';
import { removeVerifiers, type VerifierState, writeVerifiers } from './verifier-rows.ts';

/** Interval at which rows are written, and minimum interval after a change, milliseconds. */
const WRITE_MS = { interval: 5_000, least: 500 };

interface Services {
  /** Runs transactions without delaying requests. */
  readonly db: Kysely<Tables>;
  readonly log: Log;
  /** The verifiers that are connected to this process, or the process itself. */
  states(): Iterable<VerifierState>;
}

/** Writes which verifiers are connected to this process, so that every server can list them. */
export class RowWriter {
  readonly #services: Services;
  readonly #node = randomUUID();
  readonly #writes = new Paced(WRITE_MS.least, () => this.#write());
  /** By row, what was written last. */
  readonly #written = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(services: Services) {
    this.#services = services;
  }

  /** A verifier has connected or left. */
  changed(): void {
    this.#timer ??= setInterval(() => this.#writes.ask(), WRITE_MS.interval).unref();
    this.#writes.ask();
  }

  /** Removes the rows of this server. */
  async stop(): Promise<void> {
    this.#writes.stop();
    if (this.#timer) clearInterval(this.#timer);
    await this.#writing;
    if (this.#written.size === 0) return;
    await removeVerifiers(this.#services.db, this.#node).catch(() => {
      // They are ignored after a while.
    });
  }

  #write(): Promise<void> {
    this.#writing = this.#writeChanged();
    return this.#writing;
  }

  async #writeChanged(): Promise<void> {
    const { db, log, states } = this.#services;
    const changed: VerifierState[] = [];
    const present = new Set<string>();
    for (const state of states()) {
      present.add(state.id);
      if (this.#written.get(state.id) !== textOf(state)) changed.push(state);
    }
    const gone = [...this.#written.keys()].filter((id) => !present.has(id));
    try {
      await removeVerifiers(db, this.#node, gone);
      for (const id of gone) this.#written.delete(id);
      await writeVerifiers(db, this.#node, changed);
      for (const state of changed) this.#written.set(state.id, textOf(state));
    } catch (error) {
      log.warn('The connected verifiers could not be written and will be retried', { error });
    }
  }
}

function textOf({ cachedKeys, current }: VerifierState): string {
  return `${cachedKeys} ${current}`;
}

/** The state of an embedded verifier. */
export function stateOf(stream: VerifierStream): VerifierState {
  const { rowId, owner, name, connectedAt, cachedKeys, leaseUntil } = stream;
  const now = performance.now();
  return {
    ...{ id: rowId, kind: 'embedded', name, connectedAt, cachedKeys, current: now < leaseUntil },
    organizationId: owner.organizationId,
  };
}
