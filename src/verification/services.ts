import type { Network } from '../core/ip.ts';
import type { RateLimitState } from '../core/rate-limit-state.ts';
import type { ImportedForms } from '../keys/import/imported-forms.ts';
import type { PendingUsage } from '../keys/pending-usage.ts';

/** Records verifications without waiting, and writes them in batches. */
export interface UsageSink extends PendingUsage {
  /** An accepted verification. */
  accepted(use: {
    organizationId: string;
    keyId: string;
    secretId: string;
    at: number;
    ip: string | null;
  }): void;
  /**
   * A denied verification. `keyId` and `secretId` are null if there is no such key; `organizationId` is the key's,
   * otherwise the caller's.
   */
  denied(denial: {
    organizationId: string | null;
    keyId: string | null;
    secretId: string | null;
    code: string;
    at: number;
    ip: string | null;
  }): void;
}

/** A part of a key's window that was counted in advance. */
export interface Reservation {
  /** How many may be accepted, up to the number wanted. */
  readonly granted: number;
  /** What is left in the window besides, 0 or more. */
  readonly remaining: number;
  /** When the window ends, milliseconds since the epoch. */
  readonly resetAt: number;
  /** Identifies the window. */
  readonly window: string;
}

/** Counts accepted verifications against the limits of keys. */
export interface RateLimiter {
  /** Takes one of `limit` per `windowSeconds`, if any is left. */
  take(keyId: string, limit: number, windowSeconds: number): RateLimitState | Promise<RateLimitState>;
  /** The remaining number, without taking one. */
  peek(keyId: string, limit: number, windowSeconds: number): RateLimitState | Promise<RateLimitState>;
  /** Takes up to `want` at once, for a verifier that accepts them by itself. */
  reserve(
    keyId: string,
    limit: number,
    windowSeconds: number,
    want: number,
  ): Reservation | Promise<Reservation>;
  /** Gives back what was not used of a reservation, at most once. Without effect if its window has ended. */
  release(keyId: string, window: string, unused: number): void | Promise<void>;
}

/** All data of a secret and its key that verification needs. */
export interface VerifiableKey {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
  readonly environment: 'live' | 'test';
  /** Effective permissions. */
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
  readonly externalId: string | null;
  /** Empty: any address. */
  readonly allowlist: readonly Network[];
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  readonly enabled: boolean;
  /** Whether the key or this secret is revoked. */
  readonly revoked: boolean;
  /** When the key or this secret expires, whichever is first. NEVER if neither does. */
  readonly expiresAt: number;
  /** When the key expires. NEVER if it doesn't. */
  readonly keyExpiresAt: number;
}

/** What is done with a key that was looked up. */
export type UseKey<T> = (key: VerifiableKey | null, sequence: number) => T;

/** Looks up keys by the hash of a secret: in the cache if it is known to be current, otherwise in the database. */
export interface KeyLookup {
  /**
   * Calls `use` with the key as of that moment (null: unknown), and returns its result: synchronously if nothing has to
   * be awaited. The key includes all changes of its organization up to `sequence`, 0 if it is unknown. Throws or rejects
   * if the state can't be determined.
   */
  withKey<T>(hash: string, use: UseKey<T>): T | Promise<Awaited<T>>;
  /**
   * The forms of imported secrets in the installation as of this moment: synchronously if nothing has to be awaited.
   * Throws or rejects if they can't be determined.
   */
  importedForms(): ImportedForms | Promise<ImportedForms>;
  /** Number of cached keys. */
  readonly size: number;
  /** Number of cache hits and misses. */
  readonly counts: { readonly hits: number; readonly misses: number };
  /** Stops background work. */
  stop(): void;
}
