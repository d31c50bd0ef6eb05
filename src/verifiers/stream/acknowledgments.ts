import type { Confirmed } from '../../cluster/bus.ts';
import type { VerifierStream, Wait } from './verifier-stream.ts';

/** What a verifier has to acknowledge. */
export interface Expected {
  /** Number of the event. */
  readonly number: number;
  /** When the verifier can no longer use what it has cached, by `performance.now()`. In the past: not awaited. */
  readonly deadline: number;
}

/** Receives what happens to changes. */
export interface AcknowledgmentEvents {
  /** A verifier has acknowledged a change so many milliseconds after it was queued. */
  acknowledged(milliseconds: number): void;
  /** A change, queued at `since` by `performance.now()`, had to wait for the deadline of a verifier. */
  missed(stream: VerifierStream, since: number): void;
}

/** A change on its way to verifiers, until each has acknowledged it or can no longer use its cache. */
export class Acknowledgments implements Wait {
  readonly done: Promise<Confirmed>;
  readonly #expected: Map<VerifierStream, Expected>;
  readonly #total: number;
  readonly #events: AcknowledgmentEvents;
  readonly #since = performance.now();
  #awaited = 0;
  #resolve: (confirmed: Confirmed) => void = () => {};
  #timer: NodeJS.Timeout | null = null;

  /** `total` verifiers are concerned. Those in `expected` can have cached what has changed. */
  constructor(expected: Map<VerifierStream, Expected>, total: number, events: AcknowledgmentEvents) {
    this.#expected = expected;
    this.#total = total;
    this.#events = events;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    let until = this.#since;
    for (const [stream, { deadline }] of expected) {
      stream.waits.add(this);
      if (deadline <= this.#since) continue;
      this.#awaited += 1;
      until = Math.max(until, deadline);
    }
    if (this.#awaited === 0) this.#end();
    else this.#timer = setTimeout(() => this.#expire(), Math.ceil(until - this.#since));
  }

  acknowledged(stream: VerifierStream, number: number): void {
    const expected = this.#expected.get(stream);
    if (!expected || number < expected.number) return;
    this.#events.acknowledged(performance.now() - this.#since);
    this.#remove(stream, expected);
  }

  released(stream: VerifierStream): void {
    const expected = this.#expected.get(stream);
    if (expected) this.#remove(stream, expected);
  }

  expired(stream: VerifierStream): void {
    const expected = this.#expected.get(stream);
    stream.waits.delete(this);
    if (!expected || expected.deadline <= this.#since) return;
    this.#events.missed(stream, this.#since);
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#end();
  }

  #remove(stream: VerifierStream, { deadline }: Expected): void {
    this.#expected.delete(stream);
    stream.waits.delete(this);
    if (deadline <= this.#since) return;
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#end();
  }

  #expire(): void {
    const late = [...this.#expected].filter(([, { deadline }]) => deadline > this.#since);
    this.#end();
    for (const [stream] of late) this.#events.missed(stream, this.#since);
  }

  #end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const stream of this.#expected.keys()) stream.waits.delete(this);
    this.#resolve({ confirmed: this.#total - this.#expected.size, total: this.#total });
    this.#expected.clear();
  }
}
