import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { verifyApiKey } from '../../src/verification-host/verify-api-key.ts';
import { contextFor } from './services.ts';

type Has = { readonly services: ServerServices };

/** Somebody who may do everything, and listens to nothing. */
export function anyone({ services }: Has): GraphQLContext {
  return contextFor(services, systemPrincipal('test'));
}

/** Presents a secret, as a gateway does. */
export async function present(server: Has, secret: string, ip: string | null = null): Promise<void> {
  await verifyApiKey(anyone(server), { key: secret, ip });
}

/** Gives a key another name. */
export async function rename(server: Has, id: string, name: string): Promise<void> {
  await updateApiKey(anyone(server), { id, name });
}

/** Revokes a key. */
export async function revoke(server: Has, id: string): Promise<void> {
  await revokeApiKey(anyone(server), { id, reason: null });
}

/** The membership of a user. */
export async function membershipOf(
  { services }: Has,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<string> {
  const { id } = await services.db
    .selectFrom('memberships')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return id;
}

/** Gives a member a role of its own with just these permissions, and returns the role's id. */
export async function setRole(
  server: Has,
  member: { organizationId: string; userId: string },
  permissions: readonly string[],
): Promise<string> {
  const ctx = anyone(server);
  const { organizationId } = member;
  const role = { organizationId, name: `Role ${newId('role')}`, permissions: [...permissions] };
  const { id: roleId } = (await createRole(ctx, role)).result;
  await updateMember(ctx, { id: await membershipOf(server, member), roleId });
  return roleId;
}

/** The subscription that most tests use. */
export const CHANGED = `subscription Changed($after: String, $types: [ApiKeyChangeType!], $apiKeyIds: [ID!], $organizationId: ID) {
  apiKeyChanged(after: $after, types: $types, apiKeyIds: $apiKeyIds, organizationId: $organizationId) {
    __typename cursor apiKey { id name }
  }
}`;

/** Uses of keys. */
export const USED = `subscription Used($minIntervalMs: Int, $since: DateTime, $apiKeyIds: [ID!]) {
  apiKeyUsed(minIntervalMs: $minIntervalMs, since: $since, apiKeyIds: $apiKeyIds) {
    count lastUsedAt lastUsedIp secretId apiKey { id lastUsedAt }
  }
}`;
