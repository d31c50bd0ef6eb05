import { ChangeLog } from '../changes/change-log.ts';
import type { DenialEvent, Event, UseEvent } from '../changes/events.ts';
import type { Services } from '../context.ts';
import type { Clock } from '../core/clock.ts';
import { Channels } from './channels.ts';
import type { KeyReader } from './key-reader.ts';

/** What happens, as it happens: the streams that can be followed, of which that of changes comes from their log. */
export class Live {
  readonly changes: ChangeLog;
  readonly uses: Channels<UseEvent>;
  readonly denials: Channels<DenialEvent>;
  /** Null where keys can't be read at once. */
  readonly readKey: KeyReader | null;
  readonly #bus: Services['bus'];
  #leaveBus = () => {};

  constructor(services: Pick<Services, 'db' | 'bus' | 'clock' | 'log'>, readKey: KeyReader | null = null) {
    const { bus, clock } = services;
    this.changes = new ChangeLog(services);
    this.readKey = readKey;
    this.#bus = bus;
    const later = laterBy(clock);
    this.uses = new Channels((organizationId) => bus.watch(organizationId), later);
    this.denials = new Channels((organizationId) => bus.watch(organizationId), later);
  }

  start(): void {
    this.changes.start();
    this.#leaveBus = this.#bus.subscribe((event) => this.#publish(event));
  }

  stop(): void {
    this.changes.stop();
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

/** How far ahead of this node's clock those of others may be, milliseconds. */
const CLOCKS_APART_MS = 1_000;

/** Other nodes' events come late: what is known may be newer, unless it is of a time when the clock was ahead. */
function laterBy(clock: Clock) {
  return <V extends { readonly at: number }>(known: V, value: V): V =>
    value.at >= known.at || known.at > clock.now() + CLOCKS_APART_MS ? value : known;
}
