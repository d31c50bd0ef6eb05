import { expect, test } from 'vitest';
import type { GraphQLContext } from '../../schema/context.ts';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { ConflictError } from '../../src/core/errors.ts';
import { findUsers } from '../../src/members/find-user.ts';
import { joinOrganization } from '../../src/members/join-organization.ts';
import { loadMemberships } from '../../src/members/membership.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, memberOf, roleNamed, servicesOn } from '../support/services.ts';

/** The user as the caller sees it, or null. */
async function findUser(ctx: GraphQLContext, id: string) {
  const [user = null] = await findUsers(ctx, [id]);
  return user;
}

onEachDatabase('joining an organization', (engine) => {
  const services = servicesOn(engine);

  async function setUp(name: string) {
    const { ctx, organization } = await makeOrganization(services(), name);
    const { id: roleId } = await roleNamed(ctx, organization.id, 'owner');
    const cli = contextFor(services(), systemPrincipal('cli'));
    const join = async (email: string, person: string | null = null) => {
      const member = { organizationId: organization.id, email, name: person, roleId };
      return (await write(cli, (change) => joinOrganization(change, member))).result;
    };
    return { ctx, organization, roleId, join };
  }

  test('makes user and membership, and records it', async () => {
    const { ctx, organization, roleId, join } = await setUp('Acme');
    const { userId, membershipId } = await join('ada@example.com', 'Ada');
    expect(await findUser(ctx, userId)).toEqual({ id: userId, name: 'Ada', email: 'ada@example.com' });
    const [membership] = await loadMemberships(ctx.db, [membershipId]);
    expect(membership).toMatchObject({ organizationId: organization.id, userId, roleId });
    expect(membership?.joinedAt).toBe(services().clock.now());
    expect((await auditOf(ctx)).at(-1)).toMatchObject({
      action: 'member.joined',
      actor: 'cli',
      target_id: membershipId,
      changes: { userId: [null, userId], email: [null, 'ada@example.com'], roleId: [null, roleId] },
    });
  });

  test('takes somebody who is known as who they are, under a name of its own for them', async () => {
    const one = await setUp('One');
    const two = await setUp('Two');
    const first = await one.join('bob@example.com', 'Bob');
    const second = await two.join('bob@example.com', 'Robert');
    expect(second.userId).toBe(first.userId);
    expect((await findUser(one.ctx, first.userId))?.name).toBe('Bob');
    expect((await findUser(two.ctx, first.userId))?.name).toBe('Robert');
  });

  test('refuses who is a member already, and writes nothing', async () => {
    const { ctx, join } = await setUp('Acme');
    await join('eve@example.com');
    await expect(join('eve@example.com')).rejects.toThrow(ConflictError);
    expect(await auditOf(ctx)).toHaveLength(2);
  });

  test('shows users to themselves and to those who may see members', async () => {
    const { ctx, organization, join } = await setUp('Acme');
    const { organization: other } = await makeOrganization(services(), 'Other');
    const { userId } = await join('fay@example.com');
    const seenBy = (organizationId: string, ...permissions: string[]) =>
      findUser(contextFor(services(), memberOf(organizationId, permissions)), userId);
    expect(await seenBy(organization.id, 'member.view')).not.toBeNull();
    expect(await seenBy(organization.id, 'api.key.*')).toBeNull();
    expect(await seenBy(other.id, '*')).toBeNull();
    expect(await findUser(contextFor(services(), null), userId)).toBeNull();
    expect(await findUser(ctx, 'user_\0')).toBeNull();
  });
});
