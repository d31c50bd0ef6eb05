import type { Kysely } from 'kysely';
import type { Scans } from '../db/scans.ts';
import type { Tables } from '../db/tables.ts';
import type { Principal } from './access/principal.ts';
import type { DeniedAction } from './changes/events.ts';
import type { EventBus } from './cluster/bus.ts';
import type { Clock } from './core/clock.ts';
import type { Config } from './core/config/config.ts';
import type { Network } from './core/ip.ts';
import type { Log } from './core/log.ts';

/** What the whole server shares. */
export interface Services {
  readonly db: Kysely<Tables>;
  /** The same database, for changes that take long: they keep no request waiting for this thread. */
  readonly unhurried: Kysely<Tables>;
  /** For reads whose time grows with an organization. */
  readonly scans: Scans;
  readonly bus: EventBus;
  readonly usage: UsageSink;
  readonly limiter: RateLimiter;
  readonly failures: FailureLimiter;
  readonly keys: KeyLookup;
  readonly deniedAttempts: DeniedAttempts;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  /** Where browsers reach this server, without a trailing slash. */
  readonly publicUrl: string;
}

/** What a verb is handed: the services, the caller, and from where. */
export interface Context extends Services {
  /** Null: no one said who they are. */
  readonly principal: Principal | null;
  readonly client: ClientFacts;
  /** The caller as it is by now, null if its credential is accepted no more. Omitted: as it was. */
  readonly refreshPrincipal?: (db: Kysely<Tables>) => Promise<Principal | null>;
}

/** Where a request came from, as it goes into the audit log. */
export interface ClientFacts {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** The last use of a key or secret. */
export interface LastUse {
  readonly at: number;
  readonly ip: string | null;
}

/** Takes note of verifications without waiting; writes them in batches. */
export interface UsageSink {
  /** An accepted verification. */
  accepted(use: {
    organizationId: string;
    keyId: string;
    secretId: string;
    at: number;
    ip: string | null;
  }): void;
  /** A rejected one; `keyId` null if there is no such key, `organizationId` that of the key, else of who asked. */
  denied(denial: {
    organizationId: string | null;
    keyId: string | null;
    code: string;
    at: number;
    ip: string | null;
  }): void;
  /** A key's last use where it is not written yet: readers lay it over what the database says. */
  pendingKey(keyId: string): LastUse | undefined;
  /**
   * A key's secret's last use and count of uses that a row read before does not hold yet. `lastUsedAt` is what the row says, by
   * which a write that has committed is told from one that is still to come.
   */
  pendingSecret(
    keyId: string,
    secretId: string,
    lastUsedAt: number,
  ): { at: number; uses: number } | undefined;
  /** Writes what is gathered. Resolves when it is written; at once where there is nothing. */
  flush(): Promise<void>;
}

/** Records rejected mutations in the audit log, without delaying the answer. */
export interface DeniedAttempts {
  /** Records at most a few per caller and organization each minute; of the others, their number. */
  record(ctx: Context, attempt: Attempt): void;
  /** Resolves when nothing is left to write. */
  stop(): Promise<void>;
}

/** A mutation that was rejected. */
export interface Attempt {
  readonly action: DeniedAction;
  /** The organization that the request named, if any. */
  readonly organizationId: string | null;
  /** The object that the request named, if any. */
  readonly targetId: string | null;
}

/** What a rate-limited key has left. */
export interface RateLimitState {
  readonly allowed: boolean;
  /** Accepted verifications left in the window, 0 or more. */
  readonly remaining: number;
  /** When the window ends, milliseconds since the epoch. */
  readonly resetAt: number;
}

/** Counts accepted verifications against the limits of keys. */
export interface RateLimiter {
  /** Takes one of `limit` in `windowSeconds`, if there is one left. */
  take(keyId: string, limit: number, windowSeconds: number): RateLimitState | Promise<RateLimitState>;
  /** What is left, without taking one. */
  peek(keyId: string, limit: number, windowSeconds: number): RateLimitState | Promise<RateLimitState>;
}

/**
 * Counts failed attempts to present a secret. What it allows no more is rejected with less detail; a valid secret never
 * is.
 */
export interface FailureLimiter {
  /** Takes note of one from this client's address; null: not known, all of which count as one. */
  count(ip: string | null): RateLimitState;
  /** The same of one that this caller was told of; null: it did not say from where. */
  countFor(caller: FailedCaller, ip: string | null): RateLimitState;
  /** What an address is allowed. */
  readonly policy: { readonly limit: number; readonly windowSeconds: number };
}

/** A caller that verifies for others. */
export interface FailedCaller {
  readonly actor: string;
  /** Only the addresses that it names have a budget, not the caller itself. */
  readonly trusted: boolean;
}

/** Everything that verification needs to know of a secret and its key; as of a read, but true at any time after. */
export interface VerifiableKey {
  readonly keyId: string;
  readonly secretId: string;
  readonly organizationId: string;
  readonly environment: 'live' | 'test';
  /** In force: the role's and the grants together. */
  readonly permissions: readonly string[];
  readonly roleName: string | null;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
  readonly externalId: string | null;
  /** Empty: any address. */
  readonly allowlist: readonly Network[];
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  readonly enabled: boolean;
  /** The key or this secret is. */
  readonly revoked: boolean;
  /** When the key or this secret expires, whichever is first; NEVER if neither does. */
  readonly expiresAt: number;
  /** When the key expires; NEVER if it doesn't. */
  readonly keyExpiresAt: number;
}

/** Finds keys by the hash of a secret: in memory where that is sure to be true still, else in the database. */
export interface KeyLookup {
  /**
   * Calls `use` with the key that is so at that very moment (null: there is none), and gives what it returns: at once
   * where nothing has to be waited for. Throws or rejects where it can't be known.
   */
  withKey<T>(hash: string, use: (key: VerifiableKey | null) => T): T | Promise<Awaited<T>>;
  /** How often a key was found in memory, and how often the database was asked. */
  readonly counts: { readonly hits: number; readonly misses: number };
  /** Ends what runs in the background. */
  stop(): void;
}
