import type { Ask } from '../ask.ts';
import type { UpdateApiKeyInput } from '../generated/graphql.ts';
import { findRole, findTeams } from '../organizations/find-by-name.ts';
import type { PolicyOptions } from './policy-options.ts';

/** A key's policy as API input: null clears, omitted properties are unchanged. */
export type Policy = Omit<UpdateApiKeyInput, 'id' | 'name' | 'enabled'>;

/** The policy in the options. Looks up the names of roles and teams in the organization. */
export async function readPolicy(
  ask: Ask,
  organizationId: () => Promise<string | null>,
  options: PolicyOptions,
): Promise<Policy> {
  const { description, role, permission, team, allow, rateLimit, externalId, metadata } = options;
  const expiresAt = options.expiresIn ?? options.expiresAt;
  return {
    ...(description !== undefined && { description: description || null }),
    ...(role !== undefined && {
      roleId: role === false ? null : await findRole(ask, await organizationId(), role),
    }),
    ...(permission !== undefined && { grants: permission || [] }),
    ...(team !== undefined && { teamIds: team ? await findTeams(ask, await organizationId(), team) : [] }),
    ...(allow !== undefined && { ipAllowlist: allow || [] }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit || null }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt || null }),
    ...(externalId !== undefined && { externalId: externalId || null }),
    ...(metadata !== undefined && { metadata: metadata || null }),
  };
}
