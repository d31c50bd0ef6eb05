/**
 * The last event up to which all are processed. Events are received in order; some are held until the work that they
 * cause is done, which may be in any order.
 */
export class Acknowledgments {
  #received = 0;
  /** Numbers of events under way, in ascending order. */
  readonly #held: number[] = [];

  received(number: number): void {
    this.#received = number;
  }

  /** Holds the event that was received last. Call the returned function once. */
  hold(): () => void {
    const number = this.#received;
    this.#held.push(number);
    return () => {
      const at = this.#held.indexOf(number);
      if (at >= 0) this.#held.splice(at, 1);
    };
  }

  get processed(): number {
    const [first] = this.#held;
    return first === undefined ? this.#received : first - 1;
  }
}
