import type { World } from './world.ts';

/** A process with clocks of its own, which can be paused, suspended with its machine, and killed. */
export class Process {
  readonly world: World;
  /** Milliseconds of its clocks per millisecond of real time. */
  readonly rate: number;
  isAlive = true;
  isPaused = false;
  /** Counts its starts: what was meant for an earlier one is lost. */
  life = 0;
  /** Called before it processes what it has received while it was paused. */
  resumed: () => void = () => {};
  #offset: number;
  #wallOffset: number;
  readonly #received: (() => void)[] = [];

  constructor(world: World, drift: number) {
    this.world = world;
    this.rate = world.between(1 - drift, 1 + drift);
    this.#offset = world.between(0, 1e6);
    this.#wallOffset = world.between(-1e6, 1e6);
  }

  monotonic(): number {
    return this.rate * this.world.now + this.#offset;
  }

  wall(): number {
    return this.monotonic() + this.#wallOffset;
  }

  setWall(by: number): void {
    this.#wallOffset += by;
  }

  /** Processes something now, or when it runs again. */
  receive(run: () => void): void {
    if (!this.isAlive) return;
    if (this.isPaused) this.#received.push(run);
    else run();
  }

  /** Runs something once its monotonic clock has advanced by so many milliseconds. */
  timer(milliseconds: number, run: () => void): void {
    const { life } = this;
    const until = this.monotonic() + milliseconds;
    const arm = (): void => {
      this.world.after(Math.max(0, (until - this.monotonic()) / this.rate), () => {
        if (life !== this.life) return;
        this.receive(() => {
          if (this.monotonic() < until - 1e-6) arm();
          else run();
        });
      });
    };
    arm();
  }

  /** Stops it for a while. Suspended with its machine, its monotonic clock stops as well. */
  pause(milliseconds: number, isSuspended = false): void {
    if (!this.isAlive || this.isPaused) return;
    const { life } = this;
    this.isPaused = true;
    this.world.after(milliseconds, () => {
      if (life !== this.life) return;
      this.isPaused = false;
      if (isSuspended) {
        this.#offset -= milliseconds * this.rate;
        this.#wallOffset += milliseconds * this.rate;
      }
      this.resumed();
      for (const run of this.#received.splice(0)) this.receive(run);
    });
  }

  kill(): void {
    this.isAlive = false;
    this.isPaused = false;
    this.life += 1;
    this.#received.length = 0;
  }

  revive(): void {
    this.isAlive = true;
  }
}
