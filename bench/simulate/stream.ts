import type { Connection } from './connection.ts';
import type { Change } from './database.ts';

const ACKNOWLEDGE_WITHIN_MS = 500;

/** What a verifier does with the events of its stream. */
export interface Receiver {
  lease(nonce: number, leaseMs: number): void;
  /** A change or a reset, with its number in the stream. */
  changed(change: Change | 'reset', number: number): void;
}

/** The stream of one verifier, as its server sees it. Times are of the server's monotonic clock. */
export class Stream {
  readonly connection: Connection;
  readonly interests = new Set<number>();
  /** Called when it acknowledges, or no longer counts. */
  readonly waits = new Set<(stream: Stream) => void>();
  leaseUntil = Number.NEGATIVE_INFINITY;
  nonce: number | null = null;
  acknowledged = 0;
  isOver = false;
  isReleased = false;
  readonly #receiver: Receiver;
  #number = 0;
  /** Of the last acknowledgment. */
  #roundTripMs = 0;
  #unacknowledged: { readonly number: number; readonly since: number }[] = [];

  constructor(connection: Connection, receiver: Receiver) {
    this.connection = connection;
    this.#receiver = receiver;
  }

  /** Queues a change and returns its number. Held back, later events may overtake it. */
  send(
    change: Change | 'reset',
    now: number,
    heldMs = 0,
    later: (milliseconds: number, run: () => void) => void = () => {},
  ): number {
    this.#number += 1;
    const number = this.#number;
    if (this.isOver) return number;
    this.#unacknowledged.push({ number, since: now });
    const queue = (): void => this.connection.send('server', () => this.#receiver.changed(change, number));
    if (heldMs > 0) later(heldMs, queue);
    else queue();
    return number;
  }

  sendLease(nonce: number, leaseMs: number): void {
    this.connection.send('server', () => this.#receiver.lease(nonce, leaseMs));
  }

  acknowledge(number: number, now: number): void {
    if (number <= this.acknowledged || number > this.#number) return;
    this.acknowledged = number;
    const [oldest] = this.#unacknowledged;
    if (oldest && oldest.number <= number) this.#roundTripMs = now - oldest.since;
    this.#unacknowledged = this.#unacknowledged.filter((one) => one.number > number);
    for (const wait of [...this.waits]) wait(this);
  }

  isBehind(now: number): boolean {
    const [oldest] = this.#unacknowledged;
    return (
      oldest !== undefined && now - oldest.since > Math.max(ACKNOWLEDGE_WITHIN_MS, 2 * this.#roundTripMs)
    );
  }

  /** Its verifier relies on nothing of it any longer. */
  release(): void {
    this.isReleased = true;
    for (const wait of [...this.waits]) wait(this);
  }
}
