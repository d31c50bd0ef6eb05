/** How many messages a client may send a second; more are read later. A burst of one second's messages is free. */
export class MessageRate {
  readonly #perSecond: number;
  #left: number;
  #at = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Counts messages. Returns for how long no more should be read, milliseconds; 0 where the client may go on. */
  count(messages = 1): number {
    const now = performance.now();
    this.#left =
      Math.min(this.#perSecond, this.#left + ((now - this.#at) * this.#perSecond) / 1000) - messages;
    this.#at = now;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1000) / this.#perSecond);
  }
}
