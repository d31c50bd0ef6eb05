/** A verification in a process that embeds a verifier. Times are milliseconds of a clock that all processes share. */
export interface Verified {
  /** The process, which is another one after a restart. */
  readonly process: string;
  readonly keyId: string;
  /** When `verify` was called, and when it was decided. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** A verification code, or UNAVAILABLE where `verify` rejected. */
  readonly code: string;
  readonly source: 'memory' | 'server' | null;
  /** Why it was not decided. */
  readonly reason?: string | null;
}

/** A change after which a key, or some, must be rejected, or may be accepted again. */
export interface Changed {
  readonly keyIds: readonly string[];
  readonly effect: 'rejected' | 'accepted';
  readonly sentAt: number;
  /** Null: no answer came, so that nobody knows whether it happened. */
  readonly answeredAt: number | null;
}

/** A registered `onInvalid`, and the calls of its callback. */
export interface Watched {
  readonly process: string;
  /** Identifies it in its process. */
  readonly watch: number;
  readonly keyId: string;
  readonly registeredAt: number;
}

export interface Notified {
  readonly process: string;
  readonly watch: number;
  readonly code: string;
  readonly at: number;
}

/** A process that was killed, and when. What it had not reported is lost. */
export interface Killed {
  readonly process: string;
  readonly at: number;
}

/** Everything that was recorded in a drill. */
export class History {
  readonly verified: Verified[] = [];
  readonly changed: Changed[] = [];
  readonly watched: Watched[] = [];
  readonly notified: Notified[] = [];
  readonly killed: Killed[] = [];
}
