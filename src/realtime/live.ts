import type { DenialEvent, Event, UseEvent } from '../changes/events.ts';
import type { Services } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { Channels } from './channels.ts';
import type { KeyReader } from './key-reader.ts';

/** The live streams other than changes, which are read from their log. */
export class Live {
  readonly uses: Channels<UseEvent>;
  readonly denials: Channels<DenialEvent>;
  /** Null if keys can't be read synchronously. */
  readonly readKey: KeyReader | null;
  readonly #bus: Services['bus'];
  #leaveBus = () => {};

  constructor(services: Pick<Services, 'bus' | 'clock'>, readKey: KeyReader | null = null) {
    const { bus, clock } = services;
    this.readKey = readKey;
    this.#bus = bus;
    const later = laterBy(clock);
    this.uses = new Channels((organizationId) => bus.watch(organizationId), later);
    this.denials = new Channels((organizationId) => bus.watch(organizationId), later);
  }

  start(): void {
    this.#leaveBus = this.#bus.subscribe((event) => this.#publish(event));
  }

  stop(): void {
    this.#leaveBus();
  }

  #publish(event: Event): void {
    if (event.type === 'use') {
      this.uses.publish(event.organizationId, event.keyId, event.keyId, event, event.count);
    } else if (event.type === 'denial' && event.organizationId) {
      const group = `${event.keyId ?? ''} ${event.code}`;
      this.denials.publish(event.organizationId, event.keyId, group, event, event.count);
    }
  }
}

/** How far other nodes' clocks may be ahead of this one's, milliseconds. */
const CLOCKS_APART_MS = 1_000;

/** Other nodes' events arrive late: the known one may be newer, unless its time is from when the clock was ahead. */
function laterBy(clock: Clock) {
  return <V extends { readonly at: number }>(known: V, value: V): V =>
    value.at >= known.at || known.at > clock.now() + CLOCKS_APART_MS ? value : known;
}
