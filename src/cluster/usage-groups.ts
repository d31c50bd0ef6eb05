import type { DenialEvent, UseEvent } from '../changes/events.ts';

export type Usage = UseEvent | DenialEvent;

/** Maximum number of keys and codes that wait. Beyond it, the events of others are dropped. */
const WAITING_MAX = 20_000;

/**
 * Uses and denials that wait to be sent to another process: for each key, and each code of its denials, the newest
 * event, and how many it stands for.
 */
export class UsageGroups {
  #waiting = new Map<string, Usage>();

  /** Returns false if too many wait and the event was dropped. */
  add(event: Usage): boolean {
    const group = event.type === 'use' ? event.keyId : `${event.organizationId} ${event.keyId} ${event.code}`;
    const known = this.#waiting.get(group);
    if (!known && this.#waiting.size >= WAITING_MAX) return false;
    this.#waiting.set(group, { ...event, count: (known?.count ?? 0) + (event.count ?? 1) });
    return true;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Returns the events and removes them. */
  take(): readonly Usage[] {
    const events = [...this.#waiting.values()];
    this.#waiting = new Map();
    return events;
  }
}
