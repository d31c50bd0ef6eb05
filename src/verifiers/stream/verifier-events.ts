/** First event of a stream. Durations are milliseconds. */
export interface Welcome {
  readonly type: 'welcome';
  readonly stream: string;
  /** Identifies the verifier's batches of usage, also after it reconnects. */
  readonly writer: string;
  readonly leaseMs: number;
  /** When to request the next lease after the last request. */
  readonly renewMs: number;
  /** How long to collect usage before it is reported. */
  readonly reportMs: number;
}

/** Answers a request for a lease. */
export interface LeaseGrant {
  readonly type: 'lease';
  readonly nonce: string;
  /** From the moment before the nonce was sent, milliseconds. */
  readonly leaseMs: number;
  /** When the event was queued, milliseconds since the epoch. */
  readonly serverTime: number;
}

/** Keys may have changed. */
export interface Change {
  readonly type: 'change';
  readonly organizationId: string;
  /** Sequences of the organization's first and last change. */
  readonly first: number;
  readonly last: number;
  /** Null: any key of the organization. */
  readonly apiKeyIds: readonly string[] | null;
}

/** Everything may have changed. */
export interface Reset {
  readonly type: 'reset';
}

/** The verifier must return these slices of rate limits. */
export interface Recall {
  readonly type: 'recall';
  readonly slices: readonly string[];
}

/** What a server sends to a verifier. */
export type VerifierMessage = Welcome | LeaseGrant | Change | Reset | Recall;

/** The same with its number in the stream, from 1. */
export type VerifierEvent = VerifierMessage & { readonly number: number };
