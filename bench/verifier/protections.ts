/** How a request is checked before its route runs. */
export const PROTECTIONS = ['none', 'middleware', 'request'] as const;

export type Protection = (typeof PROTECTIONS)[number];

/** What the APIs are started with. */
export interface ApiStart {
  readonly url: string;
  readonly token: string;
  /** Origin of the server that is asked by requests. */
  readonly verifyOrigin: string;
  /** The folder of the peers. */
  readonly peersFolder: string;
}
