import type { AppError } from '../core/errors.ts';

/** Takes the events of a source. */
export interface Receiver<E> {
  receive(event: E): void;
  /** Resolves, never at once, when more of the past can be taken, with how many events: 1 or more. */
  ready(): Promise<number>;
  /** Whether it can take nothing of the present now. Where none may be left out, it gets that as a part of the past. */
  full(): boolean;
  /** Whether nobody wants it any more. */
  stopped(): boolean;
  /** Takes the reason why the source can't go on. */
  failed(error: AppError): void;
}

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
