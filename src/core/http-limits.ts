/** What requests and responses may take of the server's memory. docs/configuration.md explains each. */
export interface HttpLimits {
  /** Largest GraphQL response, bytes of JSON. */
  readonly responseBytes: number;
}

type Read = <T>(name: string, fallback: T, parse: (text: string) => T) => T;

/** Reads the limits. */
export function readHttpLimits(
  read: Read,
  wholeNumber: (min: number, max: number) => (text: string) => number,
): HttpLimits {
  return {
    responseBytes: read('RESPONSE_BYTES', 4_194_304, wholeNumber(65_536, 1_073_741_824)),
  };
}
