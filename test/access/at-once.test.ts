import { beforeAll, describe, expect, test } from 'vitest';
import { userPrincipal } from '../../src/access/principal.ts';
import { type Action, isDenied } from '../../src/changes/events.ts';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { removeMember } from '../../src/members/remove-member.ts';
import { updateMember } from '../../src/members/update-member.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { createTeam } from '../../src/teams/create-team.ts';
import { onEachDatabase } from '../support/databases.ts';
import { CHANGED } from '../support/live.ts';
import { areLive, connectLive } from '../support/live-socket.ts';
import { ask, serverOn } from '../support/server.ts';
import { contextFor, memberOf } from '../support/services.ts';
import { Place } from './world.ts';

const MAKE_TEAM = 'mutation ($name: String!) { createTeam(input: { name: $name }) { __typename } }';

onEachDatabase('what is taken away is gone at once', (engine) => {
  const server = serverOn(engine);
  let place: Place;

  beforeAll(async () => {
    place = await Place.make(server().services, 'Acme');
  });

  const makeTeam = (token: string) => ask(server(), MAKE_TEAM, { token, variables: { name: newId('team') } });

  describe('from a session', () => {
    test('whose user gets another role', async () => {
      const { token, membershipId: id } = await place.join('admin');
      expect((await makeTeam(token)).errors).toEqual([]);
      await updateMember(place.ctx, { id, roleId: await place.systemRole('member') });
      expect((await makeTeam(token)).errors).toMatchObject([{ extensions: { permission: 'team.manage' } }]);
      await updateMember(place.ctx, { id, roleId: await place.systemRole('admin') });
      expect((await makeTeam(token)).errors).toEqual([]);
    });

    test('whose role changes', async () => {
      const { token, roleId } = await place.join(['team.manage']);
      await updateRole(place.ctx, { id: roleId, permissions: ['team.view'] });
      expect((await makeTeam(token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    });

    test('whose user is removed', async () => {
      const { token, membershipId: id } = await place.join('admin');
      await removeMember(place.ctx, { id });
      expect(await makeTeam(token)).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    });
  });

  test('from a key whose role changes, as a caller and where it is verified', async () => {
    const roleId = await place.role(['team.manage', 'read_render']);
    const { secret } = await place.key({ roleId });
    const gateway = await place.key({ grants: ['api.key.verify'] });
    const verify = async () => {
      const document = `mutation ($key: String!) { verifyApiKey(input: { key: $key, permissions: ["read_render"] }) { code } }`;
      const { data } = await ask(server(), document, { token: gateway.secret, variables: { key: secret } });
      return data.verifyApiKey.code;
    };
    expect([await verify(), (await makeTeam(secret)).errors]).toEqual(['VALID', []]);
    await updateRole(place.ctx, { id: roleId, permissions: [] });
    expect(await verify()).toBe('INSUFFICIENT_PERMISSIONS');
    expect((await makeTeam(secret)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  describe('from a subscription', () => {
    async function subscribe(token: string) {
      const socket = await connectLive(server(), token);
      const changes = socket.subscribe(CHANGED);
      await areLive(server(), 1);
      return { socket, changes };
    }

    test('whose user gets another role', async () => {
      const { token, membershipId: id } = await place.join('admin');
      const { changes, socket } = await subscribe(token);
      await updateMember(place.ctx, { id, roleId: await place.role([]) });
      const { id: keyId } = await place.key();
      expect(await changes.failed()).toBe('FORBIDDEN');
      expect(JSON.stringify(changes.messages)).not.toContain(keyId);
      await socket.close();
    });

    test('whose role changes, of a user and of a key', async () => {
      for (const make of [
        async () => place.join(['api.key.view']).then(({ token, roleId }) => ({ token, roleId })),
        async () => {
          const roleId = await place.role(['api.key.view']);
          return { token: (await place.key({ roleId })).secret, roleId };
        },
      ]) {
        const { token, roleId } = await make();
        const { changes, socket } = await subscribe(token);
        await updateRole(place.ctx, { id: roleId, permissions: ['team.view'] });
        expect(await changes.failed()).toBe('FORBIDDEN');
        await socket.close();
      }
    });

    test('whose user is removed: the socket closes', async () => {
      const { token, membershipId: id } = await place.join('admin');
      const { changes, socket } = await subscribe(token);
      await removeMember(place.ctx, { id });
      expect(await socket.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
      expect(await changes.failed()).toBe('UNAUTHENTICATED');
    });
  });

  describe('from what is under way', () => {
    /** Somebody who held everything when the request came, and holds this by the time the organization is locked. */
    function overtaken(now: Parameters<typeof userPrincipal>[2] | null) {
      const ctx = contextFor(place.ctx, memberOf(place.organizationId, ['*']));
      const principal = now && userPrincipal(newId('user'), newId('ses'), now);
      return { ...ctx, refreshPrincipal: async () => principal };
    }

    test('a change is refused whose permission went before its turn came', async () => {
      const before = await place.ctx.db.selectFrom('teams').select('id').execute();
      const attempt = (now: Parameters<typeof overtaken>[0]) =>
        createTeam(overtaken(now), { name: newId('team') });
      await expect(attempt(new Map([[place.organizationId, ['team.view']]]))).rejects.toThrow(ForbiddenError);
      await expect(attempt(new Map())).rejects.toThrow(NotFoundError);
      await expect(attempt(null)).rejects.toThrow(UnauthenticatedError);
      expect(await place.ctx.db.selectFrom('teams').select('id').execute()).toEqual(before);
      await expect(attempt(new Map([[place.organizationId, ['team.manage']]]))).resolves.toBeDefined();
    });

    test('whoever is demoted or removed leaves nothing behind after it in the audit log but denied attempts', async () => {
      for (const take of ['demote', 'remove'] as const) {
        const { token, userId, membershipId: id } = await place.join('admin');
        const roleId = await place.systemRole('member');
        const work = Array.from({ length: 24 }, () => makeTeam(token));
        if (take === 'demote') await updateMember(place.ctx, { id, roleId });
        else await removeMember(place.ctx, { id });
        await Promise.all(work);
        const log = await place.ctx.db
          .selectFrom('audit_log')
          .select(['sequence', 'actor', 'action', 'target_id'])
          .where('organization_id', '=', place.organizationId)
          .orderBy('sequence')
          .execute();
        const end = log.findLast((row) => row.target_id === id)?.sequence ?? 0;
        const late = log.filter(
          ({ actor, action, sequence }) => actor === userId && sequence > end && !isDenied(action as Action),
        );
        expect(late).toEqual([]);
      }
    });
  });
});
