import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import type { ServerServices } from '../../src/graphql/context.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { createSignInLink } from '../../src/sign-in/create-sign-in-link.ts';
import { contextFor, makeOrganization, roleNamed } from '../support/services.ts';

type SystemRole = 'owner' | 'admin' | 'member';

/** The command line on the server. */
export function commandLine(services: ServerServices): GraphQLContext {
  return contextFor(services, systemPrincipal('cli'));
}

/** The context of a request without a credential. */
export function nobody(services: ServerServices): GraphQLContext {
  return contextFor(services, null);
}

/** An address that nobody else has. */
export function freshEmail(): string {
  return `${newId('user')}@example.com`;
}

/** Makes somebody a member, of a new organization unless one is named; with `joined: false` only invited. */
export async function makePerson(
  services: ServerServices,
  options: { organizationId?: string; email?: string; role?: SystemRole; joined?: boolean } = {},
): Promise<{ organizationId: string; userId: string; membershipId: string; email: string }> {
  const ctx = commandLine(services);
  const organizationId = options.organizationId ?? (await makeOrganization(services)).organization.id;
  const { id: roleId } = await roleNamed(ctx, organizationId, options.role ?? 'owner');
  const email = options.email ?? freshEmail();
  const { result } = await write(ctx, async (change) => {
    await change.lock(organizationId);
    const member = await joinOrganization(change, { organizationId, email, name: 'Ada', roleId });
    if (options.joined === false)
      await change.tx
        .updateTable('memberships')
        .set({ joined_at: null })
        .where('id', '=', member.membershipId)
        .execute();
    return member;
  });
  return { ...result, organizationId, email };
}

/** The token of a one-time link for a user. */
export async function linkTokenOf(
  services: ServerServices,
  userId: string,
  lifetimeMs?: number,
): Promise<string> {
  const { result } = await write(commandLine(services), (change) =>
    createSignInLink(change, services.publicUrl, userId, lifetimeMs),
  );
  return result.token;
}

/** A session of a user. */
export async function sessionOf(services: ServerServices, userId: string) {
  return (await write(commandLine(services), (change) => createSession(change, userId))).result;
}

/** Everything in the database's tables as one text. */
export async function everythingStored(services: ServerServices): Promise<string> {
  const names = [
    'users',
    'memberships',
    'sign_in_tokens',
    'sessions',
    'operator_tokens',
    'audit_log',
    'idempotent_answers',
  ] as const;
  const tables = await Promise.all(
    names.map((name) => services.db.selectFrom(name).selectAll().execute() as Promise<unknown>),
  );
  return JSON.stringify(tables);
}

/** The audit log of an organization, oldest first. */
export async function auditLogOf(services: ServerServices, organizationId: string) {
  const rows = await services.db
    .selectFrom('audit_log')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => ({ ...row, changes: JSON.parse(row.changes) as unknown }));
}
