import type { CreateApiKeyInput } from '../../../generated/graphql.ts';
import { type Expiry, expiryTime, NEVER_EXPIRES } from './expiry.ts';
import { readMetadata } from './metadata.ts';

/** Window lengths of rate limits that the form offers, seconds. */
export const WINDOWS = [
  [1, 'second'],
  [60, 'minute'],
  [3_600, 'hour'],
  [86_400, 'day'],
] as const;

/** Maximum of a rate limit, requests per window. */
export const RATE_LIMIT_MAX = 1_000_000_000;

/** A rate limit in the form. */
export interface RateDraft {
  /** Empty: no limit. */
  readonly limit: string;
  readonly windowSeconds: number;
}

/** A key's properties in the form, named as in the API's input. */
export interface KeyDraft {
  readonly name: string;
  readonly description: string;
  readonly externalId: string;
  /** JSON. Empty: none. */
  readonly metadata: string;
  /** Empty: no role. */
  readonly roleId: string;
  readonly grants: readonly string[];
  readonly teamIds: readonly string[];
  readonly expiresAt: Expiry;
  /** One address or network per line. */
  readonly ipAllowlist: string;
  readonly rateLimit: RateDraft;
}

/** The initial form of a new key. */
export const EMPTY_DRAFT: KeyDraft = {
  name: '',
  description: '',
  externalId: '',
  metadata: '',
  roleId: '',
  grants: [],
  teamIds: [],
  expiresAt: NEVER_EXPIRES,
  ipAllowlist: '',
  rateLimit: { limit: '', windowSeconds: 60 },
};

/** A draft's value as API input. Null: none. */
export type Policy = Required<Pick<CreateApiKeyInput, keyof KeyDraft>>;

/** The draft as API input. `now`: milliseconds since the epoch, from which an expiry counts. */
export function policyOf(draft: KeyDraft, now: number): Policy {
  const { limit, windowSeconds } = draft.rateLimit;
  return {
    name: draft.name,
    description: draft.description.trim() || null,
    externalId: draft.externalId.trim() || null,
    metadata: readMetadata(draft.metadata).value,
    roleId: draft.roleId || null,
    grants: [...draft.grants],
    teamIds: [...draft.teamIds],
    expiresAt: expiryTime(draft.expiresAt, now),
    ipAllowlist: draft.ipAllowlist.split(/[\s,]+/).filter(Boolean),
    rateLimit: limit.trim() ? { limit: Number(limit), windowSeconds } : null,
  };
}
