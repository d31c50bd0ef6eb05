/** Two clocks of this machine: a monotonic one, and one that advances while the machine is suspended. */
export interface LeaseClocks {
  /** Milliseconds of `performance.now()`. */
  monotonic(): number;
  /** Milliseconds of `Date.now()`; may jump. */
  wall(): number;
}

/** A point in time by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

const OWN_CLOCKS: LeaseClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * The right to use cached state. It expires by itself, even if the process stalls, and is extended only by proof that
 * nothing was missed. A wall clock that jumps forward ends it early; one that jumps back has no effect.
 */
export class Lease {
  readonly milliseconds: number;
  readonly #clocks: LeaseClocks;
  #until = Number.NEGATIVE_INFINITY;
  #untilByWall = Number.NEGATIVE_INFINITY;

  /** A lease that is not yet held and lasts `milliseconds` from every proof. */
  constructor(milliseconds: number, clocks = OWN_CLOCKS) {
    this.milliseconds = milliseconds;
    this.#clocks = clocks;
  }

  now(): Moment {
    return { monotonic: this.#clocks.monotonic(), wall: this.#clocks.wall() };
  }

  /**
   * Records a proof that nothing was missed before `requested`, the time at which the proof was requested. The lease
   * then lasts this many milliseconds from there.
   */
  extend({ monotonic, wall }: Moment, milliseconds = this.milliseconds): void {
    this.#until = Math.max(this.#until, monotonic + milliseconds);
    this.#untilByWall = wall + milliseconds;
  }

  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }

  isHeld(): boolean {
    return this.#clocks.monotonic() < this.#until && this.#clocks.wall() < this.#untilByWall;
  }

  /** How long it is still held, milliseconds, by the clock that ends it first. 0: it is not held. */
  remaining(): number {
    const { monotonic, wall } = this.now();
    return Math.max(0, Math.min(this.#until - monotonic, this.#untilByWall - wall));
  }
}
