/** The outcome of a verification: VALID, or the first reason for denial that applies, in this order. */
export type VerificationCode =
  | 'VALID'
  | 'MALFORMED'
  | 'NOT_FOUND'
  | 'REVOKED'
  | 'DISABLED'
  | 'EXPIRED'
  | 'IP_NOT_ALLOWED'
  | 'TEAM_NOT_ALLOWED'
  | 'WRONG_ENVIRONMENT'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'RATE_LIMITED';

/** Environment of a key, which is part of its secret. */
export type Environment = 'LIVE' | 'TEST';

/** Options of a verifier. */
export interface VerifierOptions {
  /** URL of the Keywright server, including its path if it has one, for example `http://127.0.0.1:4000`. */
  readonly url: string | undefined;
  /**
   * An API key with the permission `api.key.verify`, which verifies the keys of its organization, or an operator token,
   * which verifies those of all organizations. A function is called for every connection, so that tokens can be rotated.
   */
  readonly token: string | (() => string | Promise<string>) | undefined;
  /** Name of this verifier in the console and in metrics, 1 to 100 characters. Default: the host name. */
  readonly name?: string | undefined;
  /** Maximum number of keys in memory, 1 to 10,000,000. Default: 100,000. */
  readonly maxKeys?: number | undefined;
  /** How long `ready` waits, and a verification waits for the server, milliseconds. 100 to 600,000, default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Called when the connection to the server is lost or can't be opened. The verifier reconnects by itself. Default:
   * nothing is logged.
   */
  readonly onDisconnect?: ((error: VerifierDisconnection) => void) | undefined;
}

/** Why a verifier is not connected. */
export interface VerifierDisconnection {
  readonly message: string;
  /** Whether the server rejected the token. The next attempts are made at least 30 seconds apart. */
  readonly isRejected: boolean;
}

/** What a key must have, and what is known about the client. */
export interface VerifyRequirements {
  /** Required permissions, all of them; at most 100. */
  readonly permissions?: readonly string[] | null | undefined;
  /** Alternative permissions: the key must have at least one of them, unless the list is empty. At most 100. */
  readonly anyPermissions?: readonly string[] | null | undefined;
  /** The client's address, with or without a port. Without it, a key with an IP allowlist is denied. */
  readonly ip?: string | null | undefined;
  /** The environment that the key must belong to. */
  readonly environment?: Environment | null | undefined;
  /** ID of a team. The key must be bound to this team or to no team. */
  readonly teamId?: string | null | undefined;
  /** ID of an organization. Keys of other organizations are unknown. */
  readonly organizationId?: string | null | undefined;
}

/** A verified key. */
export interface VerifiedApiKey {
  readonly id: string;
  readonly organizationId: string;
  /** Your own ID of whatever the key belongs to, for example a customer. */
  readonly externalId: string | null;
  readonly environment: Environment;
  /** Effective permissions: those of the role and the grants combined, in alphabetical order. */
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
  /** Null: no rate limit. */
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  /** When the key expires, milliseconds since the epoch. Null: never. */
  readonly expiresAt: number | null;
}

/** The result of a verification. `valid` tells whether the key is accepted. */
export type Verdict = AcceptedVerdict | DeniedVerdict;

/** What all verdicts contain. */
interface VerdictFields {
  /** Explanation for logs. Contains no part of the secret. */
  readonly message: string;
  /** Whether the key was verified from memory or by a request to the server. */
  readonly source: 'memory' | 'server';
  /** Number of verifications left in the rate-limit window, as far as this verifier knows. Null without a limit. */
  readonly remaining: number | null;
  /** When the rate-limit window ends, in milliseconds since the Unix epoch. Null without a limit. */
  readonly resetAt: number | null;
}

/** The verdict of an accepted key. */
export interface AcceptedVerdict extends VerdictFields {
  readonly valid: true;
  readonly code: 'VALID';
  readonly apiKey: VerifiedApiKey;
}

/** The verdict of a denied key. */
export interface DeniedVerdict extends VerdictFields {
  readonly valid: false;
  readonly code: Exclude<VerificationCode, 'VALID'>;
  /** The key. Null if it is unknown or not visible to the verifier's token. */
  readonly apiKey: VerifiedApiKey | null;
}

/** Why a key is no longer accepted. UNAVAILABLE: the verifier was disconnected for `disconnectedMs`. */
export type InvalidCode = Exclude<VerificationCode, 'VALID'> | 'UNAVAILABLE';

/** Options of `onInvalid`. */
export interface OnInvalidOptions {
  /**
   * Also calls the callback, with UNAVAILABLE, once the verifier has been without a lease for this time, because it can't
   * learn about revocations. Milliseconds, 0 or more. Default: it waits until it is connected again.
   */
  readonly disconnectedMs?: number | undefined;
}

/** State of a verifier. */
export interface VerifierStatus {
  /** Whether it is connected and holds a lease, so that keys are verified from memory. */
  readonly connected: boolean;
  /** How long the lease lasts, milliseconds; 0 without a lease. */
  readonly leaseMs: number;
  /** Number of keys in memory. */
  readonly keys: number;
  /** Number of verifications answered from memory, and of those for which the server was asked. */
  readonly hits: number;
  readonly misses: number;
  /** Number of verifications that are missing from the usage, because the server has refused to record them. */
  readonly lostUses: number;
}

/** Verifies API keys inside this process. */
export interface Verifier {
  /**
   * Resolves when the verifier is connected and holds a lease. Rejects with VerifierUnavailableError after `timeoutMs`,
   * or if the server rejects the token.
   */
  ready(): Promise<void>;
  /**
   * Verifies a secret as the client sent it, and counts a use or a denial. Never rejects because of the secret. Rejects
   * with VerifierUnavailableError if it can't decide, and with TypeError for requirements that are not valid.
   */
  verify(secret: string, requirements?: VerifyRequirements): Promise<Verdict>;
  /**
   * Calls `callback` once when the key would no longer be accepted with the same requirements: revoked, disabled,
   * expired, edited or without a permission. Rate limits are not considered. It is called soon if that is already the
   * case, but never before `onInvalid` has returned. Errors that it throws are ignored. Returns a function that ends it.
   */
  onInvalid(verdict: Verdict, callback: (code: InvalidCode) => void, options?: OnInvalidOptions): () => void;
  status(): VerifierStatus;
  /** Reports the remaining usage, for at most `timeoutMs`, and disconnects. Verifications fail afterwards. */
  stop(): Promise<void>;
}
