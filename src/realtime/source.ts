import type { Receiver } from '../changes/receiver.ts';

/** Something that can be subscribed to. Events that several receivers get are the very same objects. */
export interface Source<E extends object = object> {
  readonly organizationId: string;
  /** Sends what was asked for of the past, then what happens. Resolves once it is live, with how to stop. */
  open(receiver: Receiver<E>): Promise<() => void>;
  /** What a receiver that can't keep up is left with: of each group the newest. Null: nothing may be left out. */
  readonly conflate: { group(event: E): string; merge(older: E, newer: E): E } | null;
  /** Where to resume after this event; null where there is no such place. */
  cursorOf(event: E): string | null;
}
