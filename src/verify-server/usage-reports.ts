import type { StartableBus } from '../cluster/bus.ts';
import { type Usage, UsageGroups } from '../cluster/usage-groups.ts';
import type { Parent } from './parent.ts';

/** Interval between two messages, milliseconds. */
const SEND_EVERY_MS = 50;

/**
 * Sends uses and denials of the organizations that the server watches to it, grouped by key. Sends one message at a
 * time, so that a server that reads none costs a bounded amount of memory.
 */
export class UsageReports {
  readonly #parent: Pick<Parent, 'send' | 'watched'>;
  readonly #waiting = new UsageGroups();
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;

  constructor(parent: Pick<Parent, 'send' | 'watched'>) {
    this.#parent = parent;
  }

  /** The bus of this process: nothing in it listens to usage. */
  over(bus: StartableBus): StartableBus {
    return {
      ...bus,
      emit: (event) => {
        if (event.type !== 'change') this.#add(event);
      },
    };
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#sending;
    if (this.#waiting.size === 0) return;
    this.#sending = this.#parent.send({ type: 'usage', events: this.#waiting.take() });
    await this.#sending;
    this.#sending = null;
  }

  #add(event: Usage): void {
    if (event.organizationId === null || !this.#parent.watched.has(event.organizationId)) return;
    if (!this.#waiting.add(event)) return;
    this.#timer ??= setTimeout(() => void this.flush(), SEND_EVERY_MS).unref();
  }
}
