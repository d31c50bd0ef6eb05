import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { KeyScope } from '../access/key-scope.ts';
import type { Receiver } from '../changes/receiver.ts';
import { AppError, UnavailableError } from '../core/errors.ts';
import { keysInScope } from '../keys/api-key.ts';
import type { Source } from './source.ts';

/** Maximum number of events waiting for the database before the subscriber is disconnected as too slow. */
const WAITING_MAX = 1_000;

/**
 * Which events a caller may receive: those of keys in its scope. `keyOf` returns an event's key. Null: the event isn't
 * about a key.
 */
export interface EventScope<E> {
  readonly db: Kysely<Tables>;
  readonly scope: KeyScope;
  keyOf(event: E): string | null;
}

/**
 * The events of a source that a caller may receive. A key's scope is read when its event arrives, in one read for all
 * pending events, so a key that leaves the caller's teams stops immediately. Without a scope, returns the source as
 * is.
 */
export function scopedSource<E extends object>(
  source: Source<E>,
  { scope, ...of }: EventScope<E>,
): Source<E> {
  if (!scope) return source;
  return {
    ...source,
    open: (receiver) => {
      const filter = new ScopeFilter<E>(source.conflate, receiver, { scope, ...of });
      return source.open({
        receive: (event) => filter.add(event),
        ready: () => filter.ready(),
        full: () => filter.full(),
        stopped: () => receiver.stopped(),
        failed: (error) => receiver.failed(error),
      });
    },
  };
}

/** Passes on events in scope, in order. */
class ScopeFilter<E extends object> {
  readonly #conflate: Source<E>['conflate'];
  readonly #receiver: Receiver<E>;
  readonly #of: EventScope<E>;
  /** By group if only the newest of each matters, else individually. */
  readonly #waiting = new Map<unknown, E>();
  #reading: Promise<void> | null = null;
  #failed = false;

  constructor(conflate: Source<E>['conflate'], receiver: Receiver<E>, of: EventScope<E>) {
    this.#conflate = conflate;
    this.#receiver = receiver;
    this.#of = of;
  }

  add(event: E): void {
    if (this.#failed) return;
    const group = this.#conflate?.group(event) ?? event;
    const older = this.#waiting.get(group);
    this.#waiting.set(group, older && this.#conflate ? this.#conflate.merge(older, event) : event);
    if (this.#waiting.size > WAITING_MAX)
      return this.#fail(new AppError('TOO_SLOW', 'The database does not keep up; subscribe again'));
    this.#start();
  }

  async ready(): Promise<number> {
    while (this.#reading) await this.#reading;
    return this.#receiver.ready();
  }

  full(): boolean {
    return this.#waiting.size >= WAITING_MAX / 2 || this.#receiver.full();
  }

  #start(): void {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
      // Arrived after the last read.
      if (this.#waiting.size > 0 && !this.#receiver.stopped()) this.#start();
    });
  }

  async #read(): Promise<void> {
    try {
      while (this.#waiting.size > 0 && !this.#receiver.stopped()) {
        const events = [...this.#waiting.values()];
        this.#waiting.clear();
        const known = await this.#inScope(events);
        for (const event of events) if (known.has(this.#of.keyOf(event))) this.#receiver.receive(event);
      }
    } catch (error) {
      this.#fail(new UnavailableError('The teams of a key could not be read', 1, { cause: error }));
    }
  }

  async #inScope(events: readonly E[]): Promise<ReadonlySet<string | null>> {
    const ids = [...new Set(events.map((event) => this.#of.keyOf(event)))].filter((id) => id !== null);
    if (ids.length === 0) return new Set();
    const { db, scope } = this.#of;
    const keys = await keysInScope(db, scope).select('api_keys.id').where('api_keys.id', 'in', ids).execute();
    return new Set(keys.map(({ id }) => id));
  }

  #fail(error: AppError): void {
    this.#failed = true;
    this.#waiting.clear();
    this.#receiver.failed(error);
  }
}
