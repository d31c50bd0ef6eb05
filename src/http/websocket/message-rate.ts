/** Maximum messages per second per client; more are delayed. A burst of one second's messages is allowed. */
export class MessageRate {
  readonly #perSecond: number;
  #left: number;
  #at = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Counts messages. Returns how long to stop reading, milliseconds, or 0. */
  count(messages = 1): number {
    const now = performance.now();
    this.#left =
      Math.min(this.#perSecond, this.#left + ((now - this.#at) * this.#perSecond) / 1000) - messages;
    this.#at = now;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1000) / this.#perSecond);
  }
}
