/** Two clocks of this machine: one that never jumps, and one that goes on where a machine is suspended. */
export interface LeaseClocks {
  /** Milliseconds of `performance.now()`. */
  monotonic(): number;
  /** Milliseconds of `Date.now()`; may jump. */
  wall(): number;
}

/** A moment by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

const OWN_CLOCKS: LeaseClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * The right to go by what is remembered. It runs out by itself, whatever stands still meanwhile, and only a proof that
 * nothing was missed makes it longer. A wall clock that jumps forward ends it early, one that jumps back changes nothing.
 */
export class Lease {
  readonly milliseconds: number;
  readonly #clocks: LeaseClocks;
  #until = Number.NEGATIVE_INFINITY;
  #untilByWall = Number.NEGATIVE_INFINITY;

  /** One that is not held yet, and runs `milliseconds` from every proof. */
  constructor(milliseconds: number, clocks = OWN_CLOCKS) {
    this.milliseconds = milliseconds;
    this.#clocks = clocks;
  }

  now(): Moment {
    return { monotonic: this.#clocks.monotonic(), wall: this.#clocks.wall() };
  }

  /** Takes note of a proof that nothing was missed before `asked`: the moment at which it was asked for. */
  extend({ monotonic, wall }: Moment): void {
    this.#until = Math.max(this.#until, monotonic + this.milliseconds);
    this.#untilByWall = wall + this.milliseconds;
  }

  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }

  isHeld(): boolean {
    return this.#clocks.monotonic() < this.#until && this.#clocks.wall() < this.#untilByWall;
  }
}
