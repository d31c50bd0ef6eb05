import type { Receiver } from '../changes/receiver.ts';

/** Something that can be subscribed to. Events that several receivers get are the very same objects. */
export interface Source<E extends object = object> {
  readonly organizationId: string;
  /** Required as long as the subscription lasts. */
  readonly permission: string;
  /** Sends the requested past events, then live ones. Resolves with a stop function once it is live. */
  open(receiver: Receiver<E>): Promise<() => void>;
  /** Groups events for a slow receiver, which gets the newest of each group. Null: no event may be omitted. */
  readonly conflate: { group(event: E): string; merge(older: E, newer: E): E } | null;
  /** Position to resume from after this event. Null for events without one. */
  cursorOf(event: E): string | null;
  /** Called when the caller's permissions have changed, and it still has `permission`. */
  rightsChanged?(): void;
}
