import { TopicIndex } from '../changes/topic-index.ts';
import { type Coalesced, Coalescer } from './coalescer.ts';

/** What a channel delivers: the newest of some events of one key, and their number. */
export type Counted<V> = Coalesced<V>;

interface Listener<V> {
  readonly receive: (event: Counted<V>) => void;
  /** Events of each key counted before the listener joined and not yet delivered. Null once all are delivered. */
  before: Map<string, number> | null;
}

interface Channel<V> {
  readonly name: string;
  readonly coalescer: Coalescer<V>;
  readonly listeners: Set<Listener<V>>;
  readonly wants: (value: V) => boolean;
  readonly stop: () => void;
}

/** A listener's interest. Equal `name`s in an organization share a channel, so they must mean the same. */
export interface Interest<V> {
  readonly organizationId: string;
  readonly keyIds: readonly string[] | null;
  readonly intervalMs: number;
  readonly name: string;
  readonly wants: (value: V) => boolean;
}

/**
 * Streams of events of which only the newest matters. Listeners with the same interest share a channel and receive the
 * same objects, so that results derived from an event can be shared.
 */
export class Channels<V> {
  readonly #channels = new Map<string, Channel<V>>();
  readonly #topics = new TopicIndex<Channel<V>>();
  readonly #watch: (organizationId: string) => () => void;
  readonly #newer: (one: V, other: V) => V;

  /**
   * `watch` is called when an organization gets its first listener, and its result after the last one leaves. `newer`
   * picks the newest of a group's known and incoming values. Omitted: the incoming one.
   */
  constructor(watch = (_organizationId: string) => () => {}, newer = (_known: V, value: V) => value) {
    this.#watch = watch;
    this.#newer = newer;
  }

  /**
   * Delivers an event, or several represented by the newest, to interested channels. Events of one `group` are counted
   * together.
   */
  publish(organizationId: string, keyId: string | null, group: string, value: V, count = 1): void {
    this.#topics.visit(organizationId, keyId, (channel) => {
      if (channel.wants(value)) channel.coalescer.add(group, value, count);
    });
  }

  /** Starts calling `receive`. Returns a stop function. */
  join(interest: Interest<V>, receive: (event: Counted<V>) => void): () => void {
    const name = `${interest.organizationId} ${interest.name}`;
    const channel = this.#channels.get(name) ?? this.#open(name, interest);
    const waiting = channel.coalescer.waiting();
    const listener: Listener<V> = { receive, before: waiting.size > 0 ? waiting : null };
    channel.listeners.add(listener);
    return () => this.#leave(channel, listener);
  }

  /** How many channels are open. */
  get size(): number {
    return this.#channels.size;
  }

  #leave(channel: Channel<V>, listener: Listener<V>): void {
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0 || this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    channel.stop();
  }

  #open(name: string, interest: Interest<V>): Channel<V> {
    const listeners = new Set<Listener<V>>();
    const coalescer = new Coalescer<V>(
      interest.intervalMs,
      (event) => deliver(listeners, event),
      this.#newer,
    );
    const channel: Channel<V> = {
      name,
      coalescer,
      listeners,
      wants: interest.wants,
      stop: () => {
        unwatch();
        unroute();
        coalescer.stop();
      },
    };
    const unwatch = this.#watch(interest.organizationId);
    const unroute = this.#topics.add(interest.organizationId, interest.keyIds, channel);
    this.#channels.set(name, channel);
    return channel;
  }
}

/** A listener that joined after some events were counted gets the count of the rest, shared with others like it. */
function deliver<V>(listeners: ReadonlySet<Listener<V>>, event: Counted<V>): void {
  let byCount: Map<number, Counted<V>> | null = null;
  for (const listener of listeners) {
    const before = listener.before?.get(event.key) ?? 0;
    if (listener.before?.delete(event.key) && listener.before.size === 0) listener.before = null;
    const count = event.count - before;
    if (count <= 0) continue;
    if (before === 0) {
      listener.receive(event);
      continue;
    }
    byCount ??= new Map();
    const own = byCount.get(count) ?? { ...event, count };
    byCount.set(count, own);
    listener.receive(own);
  }
}
