import type { AppError } from '../core/errors.ts';

/** Takes the events of a source. */
export interface Receiver<E> {
  receive(event: E): void;
  /** Resolves, always asynchronously, when more of the past can be taken, with the number of events: 1 or more. */
  ready(): Promise<number>;
  /** Whether it can't take live events now. If none may be omitted, it gets them later by replay. */
  full(): boolean;
  /** Whether it is no longer needed. */
  stopped(): boolean;
  /** Takes the reason why the source can't go on. */
  failed(error: AppError): void;
}
