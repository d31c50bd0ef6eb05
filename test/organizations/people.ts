import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal, userPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createRole } from '../../src/roles/create-role.ts';
import type { Role } from '../../src/roles/role.ts';
import { contextFor, keyCaller, roleNamed } from '../support/services.ts';

/** Keywright itself, who may do everything. */
export function keywright(services: ServerServices): GraphQLContext {
  return contextFor(services, systemPrincipal('test'));
}

/** A role of the organization's own with these permissions. */
export async function makeRole(
  services: ServerServices,
  organizationId: string,
  permissions: readonly string[],
): Promise<Role> {
  const name = newId('role');
  return (await createRole(keywright(services), { organizationId, name, permissions })).result;
}

/** Somebody who has joined the organization, and a context in which they ask. */
export interface TestPerson {
  readonly membershipId: string;
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  readonly ctx: GraphQLContext;
}

/** Makes a member with a system role, or with a role of these permissions. */
export async function addMember(
  services: ServerServices,
  organizationId: string,
  as: 'owner' | 'admin' | 'member' | readonly string[],
): Promise<TestPerson> {
  const cli = keywright(services);
  const role = await (typeof as === 'string'
    ? roleNamed(cli, organizationId, as)
    : makeRole(services, organizationId, as));
  const email = `${newId('user')}@example.com`;
  const member = { organizationId, email, name: null, roleId: role.id };
  const { result } = await write(cli, (change) => joinOrganization(change, member));
  const rights = new Map([[organizationId, role.permissions]]);
  const ctx = contextFor(services, userPrincipal(result.userId, newId('ses'), rights));
  return { ...result, email, role, ctx };
}

/** A context in which a key asks that is bound to these teams. */
export function boundKey(
  services: ServerServices,
  organizationId: string,
  permissions: readonly string[],
  teamIds: readonly string[],
): GraphQLContext {
  return contextFor(services, keyCaller(organizationId, permissions, { teamIds }));
}
