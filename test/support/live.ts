import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import type { Context, Services } from '../../src/context.ts';
import { revokeApiKey } from '../../src/keys/revoke-api-key.ts';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { verifyApiKey } from '../../src/keys/verify-api-key.ts';
import { contextFor, roleNamed } from './services.ts';

type Has = { readonly services: Services };

/** Somebody who may do everything, and listens to nothing. */
export function anyone({ services }: Has): Context {
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

/** Gives a member another role. */
export async function setRole(
  server: Has,
  { organizationId, userId }: { organizationId: string; userId: string },
  roleName: string,
): Promise<void> {
  const ctx = anyone(server);
  const { id: roleId } = await roleNamed(ctx, organizationId, roleName);
  await write(ctx, async ({ tx, lock, audit }) => {
    await lock(organizationId);
    const { id } = await tx
      .updateTable('memberships')
      .set({ role_id: roleId })
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .returning('id')
      .executeTakeFirstOrThrow();
    audit({ organizationId, action: 'member.updated', targetId: id, changes: { roleId: [null, roleId] } });
  });
}

/** Gives a role other permissions. */
export async function setPermissions(
  server: Has,
  organizationId: string,
  roleName: string,
  permissions: readonly string[],
): Promise<void> {
  const ctx = anyone(server);
  const { id: roleId } = await roleNamed(ctx, organizationId, roleName);
  await write(ctx, async ({ tx, lock, audit }) => {
    await lock(organizationId);
    await tx
      .updateTable('roles')
      .set({ permissions: JSON.stringify(permissions) })
      .where('id', '=', roleId)
      .execute();
    const changes = { permissions: [null, permissions] } as const;
    audit({ organizationId, action: 'role.updated', targetId: roleId, changes });
  });
}

/** Takes a member out of the organization; its sessions end where it was the last one. */
export async function removeMember(
  server: Has,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<void> {
  await write(anyone(server), async ({ tx, lock, audit }) => {
    await lock(organizationId);
    const { id } = await tx
      .deleteFrom('memberships')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .returning('id')
      .executeTakeFirstOrThrow();
    audit({ organizationId, action: 'member.removed', targetId: id, changes: {} });
  });
}

/** Ends a user's sessions without a word to anybody, as another process may. */
export async function endSessions({ services }: Has, userId: string): Promise<void> {
  await services.db.deleteFrom('sessions').where('user_id', '=', userId).execute();
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
