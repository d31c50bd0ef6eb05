import type { CreateApiKeyInput, Environment } from '../generated/graphql.ts';
import { type Expiry, expiryTime, NEVER_EXPIRES } from './expiry.ts';

/** Lengths of a rate limit's window that the form offers, seconds. */
export const WINDOWS = [
  [1, 'second'],
  [60, 'minute'],
  [3_600, 'hour'],
  [86_400, 'day'],
] as const;

/** A new key as it stands in the form. */
export interface KeyDraft {
  readonly name: string;
  readonly description: string;
  readonly environment: Environment;
  readonly externalId: string;
  /** Empty: no role. */
  readonly roleId: string;
  readonly grants: readonly string[];
  readonly teamIds: readonly string[];
  readonly expiry: Expiry;
  /** One address or network a line. */
  readonly addresses: string;
  /** Empty: without limit. */
  readonly limit: string;
  readonly windowSeconds: number;
}

/** The form as it is opened. */
export const EMPTY_DRAFT: KeyDraft = {
  name: '',
  description: '',
  environment: 'LIVE',
  externalId: '',
  roleId: '',
  grants: [],
  teamIds: [],
  expiry: NEVER_EXPIRES,
  addresses: '',
  limit: '',
  windowSeconds: 60,
};

/** The draft as the API takes it. `now`: milliseconds since the epoch, from which an expiry counts. */
export function inputOf(draft: KeyDraft, organizationId: string, now: number): CreateApiKeyInput {
  const { name, description, environment, externalId, roleId, grants, teamIds, limit, windowSeconds } = draft;
  const expiresAt = expiryTime(draft.expiry, now);
  return {
    organizationId,
    name,
    environment,
    grants: [...grants],
    teamIds: [...teamIds],
    ipAllowlist: draft.addresses.split(/[\s,]+/).filter(Boolean),
    ...(description.trim() && { description }),
    ...(externalId.trim() && { externalId }),
    ...(roleId && { roleId }),
    ...(expiresAt && { expiresAt }),
    ...(limit && { rateLimit: { limit: Number(limit), windowSeconds } }),
  };
}
