/** Timeouts of the HTTP server, milliseconds. */
export interface Timeouts {
  /** From the first byte of a request to the end of its headers. */
  readonly headers: number;
  /** From the first byte of a request to the end of its body. */
  readonly request: number;
  /** Keep-alive timeout, longer than the 60 s of common proxies. */
  readonly keepAlive: number;
  /** For requests in progress when the server stops. */
  readonly stop: number;
  /**
   * How long idle connections remain open when the server stops, so that requests that clients are just sending get a
   * response.
   */
  readonly drain: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  headers: 10_000,
  request: 30_000,
  keepAlive: 65_000,
  stop: 8_000,
  drain: 250,
};
