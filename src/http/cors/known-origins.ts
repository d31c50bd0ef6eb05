import { LRUCache } from 'lru-cache';
import type { Services } from '../../context.ts';
import { parseOrigin } from '../../core/origin.ts';
import { Paced } from '../../core/paced.ts';
import { findAllowedOrigins } from '../../organizations/allowed-origins.ts';

/** Minimum interval between two reads of the database, milliseconds, and maximum number of origins of one read. */
const READ_EVERY_MS = 100;
const ORIGINS_PER_READ = 1_000;

/** Maximum number of cached origins that are allowed, and of others. */
const REMEMBERED_MAX = 10_000;

/** How long a result is used, milliseconds, if changes by other processes aren't announced (SQLite). */
const FRESH_MS = 5_000;

interface Answer {
  readonly version: number;
  /** When it was read; `clock.monotonic()`. */
  readonly at: number;
}

interface Waiting {
  readonly answer: Promise<boolean>;
  resolve(known: boolean): void;
}

/**
 * Whether any organization, or CORS_ORIGINS, allows a web origin: a preflight doesn't tell who the caller is. Anyone
 * can ask about any origin, so results are cached, and all others are read together, at most ten times a second.
 */
export class KnownOrigins {
  readonly #services: Pick<Services, 'db' | 'bus' | 'clock' | 'config'>;
  /** Separate, so that random origins don't evict those in use. */
  readonly #allowed = new LRUCache<string, Answer>({ max: REMEMBERED_MAX });
  readonly #others = new LRUCache<string, Answer>({ max: REMEMBERED_MAX });
  readonly #waiting = new Map<string, Waiting>();
  readonly #reads = new Paced(READ_EVERY_MS, () => this.#read());
  /** Incremented when an organization may have changed its origins. */
  #version = 0;

  constructor(services: Pick<Services, 'db' | 'bus' | 'clock' | 'config'>) {
    this.#services = services;
    services.bus.onInvalidate(({ keyIds }) => {
      if (keyIds === null) this.#version += 1;
    });
  }

  /** Never rejects: while the database is unavailable, the last result is used. */
  isKnown(origin: string): boolean | Promise<boolean> {
    if (this.#services.config.corsOrigins.includes(origin)) return true;
    if (parseOrigin(origin) !== origin) return false;
    if (this.#isCurrent(this.#allowed.get(origin))) return true;
    if (this.#isCurrent(this.#others.get(origin))) return false;
    const waiting = this.#waiting.get(origin) ?? this.#wait(origin);
    this.#reads.ask();
    return waiting.answer;
  }

  #isCurrent(answer: Answer | undefined): boolean {
    const { bus, clock } = this.#services;
    if (answer?.version !== this.#version || !bus.isCurrent()) return false;
    return clock.monotonic() - answer.at < FRESH_MS;
  }

  #wait(origin: string): Waiting {
    let resolve: Waiting['resolve'] = () => {};
    const answer = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    const waiting = { answer, resolve };
    this.#waiting.set(origin, waiting);
    return waiting;
  }

  async #read(): Promise<void> {
    const batch = [...this.#waiting].slice(0, ORIGINS_PER_READ);
    for (const [origin] of batch) this.#waiting.delete(origin);
    if (this.#waiting.size > 0) this.#reads.ask();
    const { db, clock } = this.#services;
    const answer = { version: this.#version, at: clock.monotonic() };
    const origins = batch.map(([origin]) => origin);
    const allowed = await findAllowedOrigins(db, origins).catch(() => null);
    for (const [origin, { resolve }] of batch) {
      if (!allowed) {
        resolve(this.#allowed.has(origin));
        continue;
      }
      const [now, before] = allowed.has(origin)
        ? [this.#allowed, this.#others]
        : [this.#others, this.#allowed];
      now.set(origin, answer);
      before.delete(origin);
      resolve(now === this.#allowed);
    }
  }
}
