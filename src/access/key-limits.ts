import { NEVER } from '../../db/tables/tables.ts';
import type { KeyRestriction } from '../core/errors.ts';
import { isCovered, type Network } from '../core/ip.ts';

/** Restrictions of an API key in addition to its permissions. */
export interface KeyLimits {
  readonly environment: 'live' | 'test';
  /** Milliseconds since the epoch; NEVER if the key doesn't expire. */
  readonly expiresAt: number;
  /** Empty: any address. */
  readonly allowlist: readonly Network[];
  /** Null: unlimited. */
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number } | null;
  /** Empty: bound to no team. */
  readonly teamIds: readonly string[];
}

/** The limits of a user: none. */
export const UNRESTRICTED: KeyLimits = {
  environment: 'live',
  expiresAt: NEVER,
  allowlist: [],
  rateLimit: null,
  teamIds: [],
};

/** The restrictions of `own` that `other` exceeds, in the order of the enum. Empty if `other` is at least as tight. */
export function exceededRestrictions(own: KeyLimits, other: KeyLimits): KeyRestriction[] {
  const exceeds: Readonly<Partial<Record<KeyRestriction, boolean>>> = {
    ENVIRONMENT: other.environment !== own.environment,
    EXPIRES_AT: other.expiresAt > own.expiresAt,
    IP_ALLOWLIST: own.allowlist.length > 0 && !isWithin(other.allowlist, own.allowlist),
    RATE_LIMIT: own.rateLimit !== null && !isAsTight(other.rateLimit, own.rateLimit),
    TEAMS: own.teamIds.length > 0 && !isAmong(other.teamIds, own.teamIds),
  };
  return (Object.keys(exceeds) as KeyRestriction[]).filter((restriction) => exceeds[restriction]);
}

function isWithin(networks: readonly Network[], own: readonly Network[]): boolean {
  return networks.length > 0 && networks.every((network) => isCovered(network, own));
}

/** Compares both the burst and the sustained rate. All numbers are whole and their products exact. */
function isAsTight(rate: KeyLimits['rateLimit'], own: NonNullable<KeyLimits['rateLimit']>): boolean {
  if (!rate || rate.limit > own.limit) return false;
  return rate.limit * own.windowSeconds <= own.limit * rate.windowSeconds;
}

function isAmong(teamIds: readonly string[], own: readonly string[]): boolean {
  return teamIds.length > 0 && teamIds.every((id) => own.includes(id));
}
