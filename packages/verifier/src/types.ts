/** The outcome of a verification: VALID, or the first reason for denial that applies, checked in this order. */
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

/** Environment of a key. It is part of the secret. */
export type Environment = 'LIVE' | 'TEST';

/** Options of a verifier. */
export interface VerifierOptions {
  /** URL of the Keywright server, such as `http://127.0.0.1:4000`, including its base path if it has one. */
  readonly url: string | undefined;
  /**
   * An API key with the permission `api.key.verify`, which verifies the keys of its organization, or an operator token,
   * which verifies those of all organizations. A function is called for each connection, so that you can rotate the
   * token.
   */
  readonly token: string | (() => string | Promise<string>) | undefined;
  /** Name of this verifier in the console and in metrics, 1 to 100 characters. Default: the host name. */
  readonly name?: string | undefined;
  /** Maximum number of keys in memory, 1 to 10,000,000. Default: 100,000. */
  readonly maxKeys?: number | undefined;
  /** Maximum time that `ready` and each verification wait for the server, in milliseconds. 100 to 600,000, default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Called when the connection to the server is lost or can't be opened. The verifier reconnects automatically, and logs
   * nothing itself.
   */
  readonly onDisconnect?: ((error: VerifierDisconnection) => void) | undefined;
}

/** Why a verifier is not connected. */
export interface VerifierDisconnection {
  readonly message: string;
  /** Whether the server rejected the token. The verifier then waits 30 to 60 seconds before it reconnects. */
  readonly isRejected: boolean;
}

/** Requirements of a verification. */
export interface VerifyRequirements {
  /** Permissions that the key must have, at most 100. */
  readonly permissions?: readonly string[] | null | undefined;
  /** Permissions of which the key must have at least one, at most 100. Not checked if empty. */
  readonly anyPermissions?: readonly string[] | null | undefined;
  /** The client's IP address, with or without a port. Without it, keys with an IP allowlist are denied. */
  readonly ip?: string | null | undefined;
  /** Environment that the key must belong to. */
  readonly environment?: Environment | null | undefined;
  /** ID of a team. The key must be bound to this team or to no team. */
  readonly teamId?: string | null | undefined;
  /** ID of an organization. Keys of other organizations are treated as unknown. */
  readonly organizationId?: string | null | undefined;
}

/** A verified key. */
export interface VerifiedApiKey {
  readonly id: string;
  readonly organizationId: string;
  /** ID of the key's owner in your system, for example of a customer. */
  readonly externalId: string | null;
  readonly environment: Environment;
  /** Effective permissions: those of the role and additional ones, in alphabetical order. */
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  /** IDs of the teams that the key is bound to. Empty if it is bound to no team. */
  readonly teamIds: readonly string[];
  /** Null without a rate limit. */
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  /** When the key expires, in milliseconds since the Unix epoch. Null if it doesn't expire. */
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
   * Time in milliseconds, 0 or more, after which the callback is also called with UNAVAILABLE while the verifier is
   * disconnected and can't learn about revocations. Default: never.
   */
  readonly disconnectedMs?: number | undefined;
}

/** State of a verifier. */
export interface VerifierStatus {
  /** Whether the verifier is connected and holds a lease, so that it can verify keys from memory. */
  readonly connected: boolean;
  /** Length of the lease in milliseconds. 0 without a lease. */
  readonly leaseMs: number;
  /** Number of keys in memory. */
  readonly keys: number;
  /** Number of verifications from memory. */
  readonly hits: number;
  /** Number of verifications that required a request to the server. */
  readonly misses: number;
  /** Number of uses that the server rejected, so that they are missing from the usage. */
  readonly lostUses: number;
}

/** Verifies API keys inside this process. */
export interface Verifier {
  /**
   * Resolves when the verifier is connected and holds a lease. Rejects with VerifierUnavailableError after `timeoutMs`,
   * or as soon as the server rejects the token.
   */
  ready(): Promise<void>;
  /**
   * Verifies a secret as the client sent it, and records the use or denial. Resolves for every secret, valid or not.
   * Rejects with VerifierUnavailableError if the key can't be verified, and with TypeError for invalid requirements.
   */
  verify(secret: string, requirements?: VerifyRequirements): Promise<Verdict>;
  /**
   * Calls `callback` once when the key no longer meets the requirements of the verdict, because it was revoked, disabled or
   * edited, or has expired. Rate limits are ignored. If the key is already invalid, `callback` is called after `onInvalid`
   * has returned. Errors that it throws are ignored. Returns a function that cancels the callback.
   */
  onInvalid(verdict: Verdict, callback: (code: InvalidCode) => void, options?: OnInvalidOptions): () => void;
  /** The current state. */
  status(): VerifierStatus;
  /** Reports the remaining usage, for at most `timeoutMs`, and closes the connection. Later verifications fail. */
  stop(): Promise<void>;
}
