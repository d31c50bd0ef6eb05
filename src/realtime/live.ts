import { readPositions, requireReplayable } from '../changes/change-log.ts';
import { ChangeTail, type Following } from '../changes/change-tail.ts';
import type { ChangeEvent, DenialEvent, Event, UseEvent } from '../changes/events.ts';
import type { Services } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { Paced } from '../core/paced.ts';
import { Channels } from './channels.ts';
import type { KeyReader } from './key-reader.ts';

/** How often the log is looked at for changes that nobody announced here: those of other processes. */
const LOOK_INTERVAL_MS = 1_000;

/** Between two looks, however often it is said that something may have passed unheard, milliseconds. */
const LOOK_EVERY_MS = 100;

/** Whose changes somebody follows, from where on, and how. */
export interface Follow extends Following {
  readonly organizationId: string;
  /** The last sequence seen; null: from now on. */
  readonly after: number | null;
}

/** What happens, as it happens: the one place where events of the bus turn into streams that can be followed. */
export class Live {
  readonly uses: Channels<UseEvent>;
  readonly denials: Channels<DenialEvent>;
  /** Null where keys can't be read at once. */
  readonly readKey: KeyReader | null;
  readonly #services: Pick<Services, 'db' | 'bus' | 'clock' | 'log'>;
  readonly #tails = new Map<string, Promise<ChangeTail>>();
  readonly #opened = new Map<string, ChangeTail>();
  readonly #holds = new Map<string, number>();
  readonly #looks = new Paced(LOOK_EVERY_MS, () => this.#look());
  #leaveBus: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(services: Pick<Services, 'db' | 'bus' | 'clock' | 'log'>, readKey: KeyReader | null = null) {
    this.#services = services;
    this.readKey = readKey;
    const { bus, clock } = services;
    const later = laterBy(clock);
    this.uses = new Channels((organizationId) => bus.watch(organizationId), later);
    this.denials = new Channels((organizationId) => bus.watch(organizationId), later);
  }

  start(): void {
    const { bus } = this.#services;
    const leave = [
      bus.subscribe((event) => this.#dispatch(event)),
      // Where announcements may have passed unheard, the log has them.
      bus.onInvalidate(({ organizationId }) => {
        if (organizationId === null) this.#looks.ask();
      }),
    ];
    this.#leaveBus = () => {
      for (const one of leave) one();
    };
  }

  stop(): void {
    this.#leaveBus?.();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#looks.stop();
  }

  /**
   * Follows the changes of an organization: first, with `after`, those that were missed, then those that come, each
   * once and in order. Resolves when it is live, with how to stop. Rejects with CURSOR_INVALID or CURSOR_EXPIRED.
   */
  async follow({ organizationId, after, ...following }: Follow): Promise<() => void> {
    this.#hold(organizationId);
    try {
      if (after !== null) await requireReplayable(this.#services.db, organizationId, after);
      const tail = await this.#tail(organizationId);
      const leave = await tail.follow(after ?? tail.position, following);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave();
        this.#release(organizationId);
      };
    } catch (error) {
      this.#release(organizationId);
      throw error;
    }
  }

  /** How many organizations' logs are followed. */
  get followed(): number {
    return this.#tails.size;
  }

  #dispatch(event: Event): void {
    if (event.type === 'use') {
      this.uses.publish(event.organizationId, event.keyId, event.keyId, event, event.count);
    } else if (event.type === 'denial') {
      const group = `${event.keyId ?? ''} ${event.code}`;
      if (event.organizationId)
        this.denials.publish(event.organizationId, event.keyId, group, event, event.count);
    } else {
      this.#announced(event);
    }
  }

  #announced(change: ChangeEvent): void {
    const opened = this.#opened.get(change.organizationId);
    if (opened) opened.receive(change);
    // A tail that is still being opened may have read the position before this change. Where it can't be opened, those
    // who asked for it are told.
    else {
      const opening = this.#tails.get(change.organizationId);
      void opening?.then(
        (tail) => tail.receive(change),
        () => {},
      );
    }
  }

  #tail(organizationId: string): Promise<ChangeTail> {
    const known = this.#tails.get(organizationId);
    if (known) return known;
    const opening = this.#open(organizationId);
    this.#tails.set(organizationId, opening);
    this.#timer ??= setInterval(() => this.#looks.ask(), LOOK_INTERVAL_MS).unref();
    opening.catch(() => this.#tails.delete(organizationId));
    return opening;
  }

  async #open(organizationId: string): Promise<ChangeTail> {
    const { db, log } = this.#services;
    const position = (await readPositions(db, [organizationId])).get(organizationId) ?? 0;
    const tail = new ChangeTail(db, organizationId, position, (error) =>
      log.warn('The log of changes could not be read; it is tried again', { organizationId, error }),
    );
    if (this.#holds.has(organizationId)) this.#opened.set(organizationId, tail);
    return tail;
  }

  async #look(): Promise<void> {
    if (this.#opened.size === 0) return;
    try {
      const positions = await readPositions(this.#services.db, [...this.#opened.keys()]);
      for (const [organizationId, position] of positions) {
        const tail = this.#opened.get(organizationId);
        if (tail && position > tail.position) tail.catchUp();
      }
    } catch (error) {
      this.#services.log.warn('The log of changes could not be looked at; it is tried again', { error });
    }
  }

  #hold(organizationId: string): void {
    this.#holds.set(organizationId, (this.#holds.get(organizationId) ?? 0) + 1);
  }

  #release(organizationId: string): void {
    const left = (this.#holds.get(organizationId) ?? 0) - 1;
    if (left > 0) {
      this.#holds.set(organizationId, left);
      return;
    }
    this.#holds.delete(organizationId);
    this.#tails.delete(organizationId);
    this.#opened.delete(organizationId);
    if (this.#tails.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}

/** How far ahead of this node's clock those of others may be, milliseconds. */
const CLOCKS_APART_MS = 1_000;

/** Other nodes' events come late: what is known may be newer, unless it is of a time when the clock was ahead. */
function laterBy(clock: Clock) {
  return <V extends { readonly at: number }>(known: V, value: V): V =>
    value.at >= known.at || known.at > clock.now() + CLOCKS_APART_MS ? value : known;
}
