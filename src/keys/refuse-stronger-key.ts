import { refuseEscalation } from '../access/escalation.ts';
import type { PermittedChange } from '../command.ts';
import type { ApiKey } from './api-key.ts';
import { teamIdsOfKeys } from './key-teams.ts';
import { permissionsInForce } from './policy/permissions-in-force.ts';
import { limitsOf } from './policy/policy.ts';

/** Rejects with EscalationError unless the caller could create this key, so that it may have a secret of it. */
export async function refuseStrongerKey({ tx, principal }: PermittedChange, key: ApiKey): Promise<void> {
  const permissions = await permissionsInForce(tx, key.organizationId, [key]);
  const limits = limitsOf({ ...key, teamIds: await teamIdsOfKeys(tx, [key.id]) }, key.environment);
  await refuseEscalation(principal, key.organizationId, permissions, [limits]);
}
