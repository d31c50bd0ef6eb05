import { beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newId } from '../../src/core/ids.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { createSignInLink, INVITATION_MS } from '../../src/sign-in/create-sign-in-link.ts';
import { onEachDatabase } from '../support/databases.ts';
import { CHANGED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, makeOperatorToken, serverOn } from '../support/server.ts';
import { contextFor } from '../support/services.ts';
import { invite as inviteTo, open as openLink } from './invitations.ts';
import { MANAGER } from './matrix.ts';
import { Place } from './world.ts';

onEachDatabase('the link of an invitation is worth what its creator could grant', (engine) => {
  const server = serverOn(engine);
  let place: Place;
  let manager: Awaited<ReturnType<Place['join']>>;
  let owner: Awaited<ReturnType<Place['join']>>;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
    manager = await place.join(MANAGER);
    owner = await place.join('owner');
  });

  const freshEmail = () => `${newId('user')}@example.com`;

  const invite = (token: string, email: string, role = 'member', organization = place) =>
    inviteTo(server(), organization, token, email, role);

  const open = (link: string, session?: string) => openLink(server(), link, session);

  async function change(token: string, field: string, input: Record<string, unknown>): Promise<void> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
    const { data, errors } = await ask(server(), document, { token, variables: { input } });
    expect([errors, data[field].__typename]).toEqual([[], expect.stringMatching(/Payload$/)]);
  }

  const promote = async (id: string, role: string) =>
    change(owner.token, 'updateMember', { id, roleId: await place.systemRole(role) });

  /** What a session holds; null: it has ended. */
  async function held(token: string): Promise<string[] | null> {
    const { status, data } = await ask(
      server(),
      `{ viewer { permissions(organizationId: "${place.organizationId}") } }`,
      {
        token,
      },
    );
    return status === 401 ? null : data.viewer.permissions;
  }

  test('and works no more once the invited member is promoted beyond that', async () => {
    const { link, membershipId } = await invite(manager.token, freshEmail());
    await promote(membershipId, 'owner');
    expect((await open(link)).type).toBe('NotFoundError');
  });

  test('and the session that began with it ends with the promotion, its subscriptions too', async () => {
    const { link, membershipId } = await invite(manager.token, freshEmail());
    const { token } = await open(link);
    const socket = await connectLive(server(), token);
    const changes = socket.subscribe(CHANGED);
    await areLive(server(), 1);
    await promote(membershipId, 'owner');
    expect(await held(token)).toBeNull();
    expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
    expect(await changes.failed()).toBe('UNAUTHENTICATED');
    const { action, actor } = await server()
      .services.db.selectFrom('audit_log')
      .select(['action', 'actor'])
      .where('organization_id', '=', place.organizationId)
      .orderBy('sequence', 'desc')
      .executeTakeFirstOrThrow();
    expect([action, actor]).toEqual(['session.ended', owner.userId]);
  });

  test('also where the role of the invited member gains more', async () => {
    const roleId = await place.role(['api.key.view']);
    const [pending, joined] = [
      await invite(manager.token, freshEmail(), roleId),
      await invite(manager.token, freshEmail(), roleId),
    ];
    const { token } = await open(joined.link);
    const elsewhere = await open((await invite(manager.token, freshEmail())).link);
    // As much as the manager could grant changes nothing.
    await change(owner.token, 'updateRole', { id: roleId, permissions: ['api.key.view', 'member.view'] });
    expect(await held(token)).toEqual(['api.key.view', 'member.view']);
    await change(owner.token, 'updateRole', { id: roleId, permissions: ['api.key.*'] });
    expect(await held(token)).toBeNull();
    expect((await open(pending.link)).type).toBe('NotFoundError');
    // Nor does a later, lesser role bring anything back.
    await change(owner.token, 'updateRole', { id: roleId, permissions: ['api.key.view'] });
    expect([await held(token), (await open(pending.link)).type]).toEqual([null, 'NotFoundError']);
    expect(await held(elsewhere.token)).not.toBeNull();
  });

  test('and outlives every change that its creator could have made', async () => {
    const { link, membershipId } = await invite(owner.token, freshEmail());
    await promote(membershipId, 'admin');
    const { token } = await open(link);
    await promote(membershipId, 'owner');
    await change(owner.token, 'updateMember', { id: membershipId, teamIds: [place.boundTeamId] });
    expect(await held(token)).toEqual(['*']);
  });

  test('and the session that began with it goes on, whatever its creator holds later', async () => {
    const inviter = await place.join('owner');
    const { link, membershipId } = await invite(inviter.token, freshEmail());
    const { token } = await open(link);
    await promote(inviter.membershipId, 'member');
    await promote(membershipId, 'admin');
    expect(await held(token)).toContain('api.key.*');
  });

  test('where a key created it, what the key held', async () => {
    const key = await place.key({ grants: MANAGER });
    const { link, membershipId } = await invite(key.secret, freshEmail());
    const { token } = await open(link);
    await promote(membershipId, 'admin');
    expect(await held(token)).toBeNull();
  });

  test('and a repeated invitation counts for what its own creator could grant', async () => {
    const email = freshEmail();
    const first = await invite(manager.token, email);
    const second = await invite(owner.token, email, 'admin');
    expect((await open(first.link)).type).toBe('NotFoundError');
    const { token } = await open(second.link);
    await promote(second.membershipId, 'owner');
    expect(await held(token)).toEqual(['*']);
  });

  test('and leaves alone sessions that began otherwise: those show who their user is', async () => {
    const known = await place.join('member');
    const other = await Place.make(server().services, 'Other');
    const theirs = await other.join('owner');
    const { link, membershipId } = await invite(manager.token, theirs.email);
    const own = await open(link, theirs.token);
    await promote(known.membershipId, 'owner');
    await promote(membershipId, 'owner');
    for (const { token } of [known, own]) expect(await held(token)).toEqual(['*']);
  });

  test('and is not touched by what happens in another organization of the same person', async () => {
    const other = await Place.make(server().services, 'Other');
    const email = freshEmail();
    const theirs = await other.join('owner');
    const elsewhere = await invite(theirs.token, email, 'member', other);
    const { link } = await invite(manager.token, email);
    const { token } = await open(link);
    const roleId = await other.systemRole('owner');
    await change(theirs.token, 'updateMember', { id: elsewhere.membershipId, roleId });
    expect(await held(token)).toEqual(['api.key.view', 'team.view', 'organization.view']);
  });

  test('an operator’s reaches everything, whatever the member becomes', async () => {
    const operator = await makeOperatorToken(server(), newId('op'));
    const { link, membershipId } = await invite(operator, freshEmail());
    await promote(membershipId, 'owner');
    expect(await held((await open(link)).token)).toEqual(['*']);
  });

  test('also when it is opened in the moment of the promotion', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { link, membershipId } = await invite(manager.token, freshEmail());
      const [{ token }] = await Promise.all([open(link), promote(membershipId, 'owner')]);
      if (token) expect(await held(token)).toBeNull();
      expect((await open(link)).type).toBe('NotFoundError');
    }
  });

  describe('next to a server of the release before, which', () => {
    test('promotes without ending anything', async () => {
      const email = freshEmail();
      const { link, membershipId } = await invite(manager.token, email);
      const second = await invite(manager.token, freshEmail());
      const { token } = await open(second.link);
      await server()
        .services.db.updateTable('memberships')
        .set({ role_id: await place.systemRole('owner') })
        .where('id', 'in', [membershipId, second.membershipId])
        .execute();
      expect([await held(token), (await open(link)).type]).toEqual([null, 'NotFoundError']);
    });

    test('records no ceiling: such links and sessions end when the member gains anything', async () => {
      const { organizationId } = place;
      const first = await invite(owner.token, freshEmail());
      const second = await invite(owner.token, freshEmail());
      const { token } = await open(second.link);
      const { db } = server().services;
      for (const table of ['sign_in_tokens', 'sessions'] as const)
        await db
          .updateTable(table)
          .set({ ceiling: null } as never)
          .where('limited_to', '=', organizationId)
          .execute();
      expect(await held(token)).not.toBeNull();
      await promote(first.membershipId, 'admin');
      await promote(second.membershipId, 'admin');
      expect([await held(token), (await open(first.link)).type]).toEqual([null, 'NotFoundError']);
    });
  });

  describe('and hands nobody over who was a member before:', () => {
    /** Somebody who is known elsewhere, joined, was removed by the manager, and is invited again. */
    async function returning() {
      const other = await Place.make(server().services, 'Other');
      const person = await other.join('owner');
      const first = await invite(manager.token, person.email);
      const { token } = await open(first.link, person.token);
      await change(manager.token, 'removeMember', { id: first.membershipId });
      return { ...person, token, ...(await invite(manager.token, person.email)) };
    }

    test('by itself the link begins no session, and is not used up', async () => {
      const person = await returning();
      expect((await open(person.link)).type).toBe('NotFoundError');
      expect((await open(person.link, manager.token)).type).toBe('NotFoundError');
      expect(await held(manager.token)).not.toBeNull();
      const own = await open(person.link, person.token);
      expect(await held(own.token)).toContain('team.view');
    });

    test('a session of the same person that reaches one organization alone is not enough', async () => {
      const person = await returning();
      const third = await Place.make(server().services, 'Third');
      const theirs = await third.join('owner');
      const elsewhere = await invite(theirs.token, person.email, 'member', third);
      const { token } = await open(elsewhere.link);
      expect((await open(person.link, token)).type).toBe('NotFoundError');
    });

    test('a link of the operator joins', async () => {
      const person = await returning();
      const ctx = contextFor(server().services, systemPrincipal('cli'));
      const { result } = await write(ctx, (one) => createSignInLink(one, ctx.publicUrl, person.userId));
      expect(await held((await open(result.token)).token)).toContain('team.view');
    });

    test('who was invited, and never joined, comes in by the next invitation', async () => {
      const email = freshEmail();
      const { membershipId } = await invite(manager.token, email);
      await change(manager.token, 'removeMember', { id: membershipId });
      const { token } = await open((await invite(manager.token, email)).link);
      expect(await held(token)).toContain('team.view');
    });
  });

  test('and is limited like that from the table up', async () => {
    const { userId } = await place.join('member');
    const ctx = contextFor(server().services, systemPrincipal('test'));
    const { organizationId } = place;
    const { result } = await write(ctx, async (one) => {
      await one.lock(organizationId);
      const invitation = { organizationId, ceiling: ['api.key.view'], createdBy: null };
      const link = await createSignInLink(one, ctx.publicUrl, userId, INVITATION_MS, invitation);
      const ceiling = JSON.stringify(invitation.ceiling);
      const session = await createSession(one, userId, { limitedTo: organizationId, ceiling });
      return { link: link.token, session: session.token };
    });
    // The role member holds more than that.
    expect([await held(result.session), (await open(result.link)).type]).toEqual([null, 'NotFoundError']);
  });
});
