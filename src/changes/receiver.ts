import type { AppError } from '../core/errors.ts';

/** Receives the events of a source. */
export interface Receiver<E> {
  receive(event: E): void;
  /** Resolves, always asynchronously, when it can accept more past events, with their number: 1 or more. */
  ready(): Promise<number>;
  /**
   * Whether it can't accept live events at the moment. If no event may be omitted, it receives them later by replay.
   */
  full(): boolean;
  /** Whether it is no longer needed. */
  stopped(): boolean;
  /** Receives the reason why the source has failed. */
  failed(error: AppError): void;
}
