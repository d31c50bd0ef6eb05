import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { newId } from '../../src/core/ids.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { refreshSession } from '../../src/sessions/refresh-principal.ts';
import { signOut } from '../../src/sessions/sign-out.ts';
import { stillValidSessions } from '../../src/sessions/still-valid.ts';
import { hashToken, newToken } from '../../src/sessions/tokens.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, makeOrganization, roleNamed, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';
import { auditLogOf, commandLine, everythingStored, makePerson, nobody, sessionOf } from './people.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

onEachDatabase('a session', (engine) => {
  const services = servicesOn(engine);

  const authenticate = (token: string) => authenticateSession(services().db, services().clock, token);
  const refresh = (id: string) => refreshSession(services().db, services().clock, id);
  const stillValid = (id: string) => stillValidSessions(services().db, services().clock.now(), [id]);

  async function signedIn() {
    const person = await makePerson(services());
    return { ...person, ...(await sessionOf(services(), person.userId)) };
  }

  async function lastSeenOf(id: string) {
    const { last_seen_at } = await services()
      .db.selectFrom('sessions')
      .select('last_seen_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return last_seen_at;
  }

  test('begins with an audit row in every organization that the user has joined', async () => {
    const { organizationId, userId, email } = await makePerson(services());
    const joined = await makePerson(services(), { email });
    const invited = await makePerson(services(), { email, joined: false });
    const { id, expiresAt } = await sessionOf(services(), userId);
    expect(expiresAt).toBe(services().clock.now() + 30 * DAY);
    for (const one of [organizationId, joined.organizationId])
      expect((await auditLogOf(services(), one)).at(-1)).toMatchObject({
        action: 'session.created',
        actor: 'cli',
        target_id: id,
        changes: {},
      });
    const log = await auditLogOf(services(), invited.organizationId);
    expect(log.map((row) => row.action)).not.toContain('session.created');
  });

  test('is stored as the hash of its token', async () => {
    const { token } = await signedIn();
    const stored = await everythingStored(services());
    expect(stored).toContain(hashToken(token));
    expect(stored).not.toContain(token);
    expect(JSON.stringify(services().events)).not.toContain(hashToken(token));
  });

  describe('tells who is asking', () => {
    test('with the permissions of each joined organization, the oldest membership first', async () => {
      const first = await makePerson(services(), { role: 'member' });
      services().clock.advance(1);
      const second = await makePerson(services(), { email: first.email, role: 'admin' });
      services().clock.advance(1);
      const invited = await makePerson(services(), { email: first.email, joined: false });
      const { id, token } = await sessionOf(services(), first.userId);
      const principal = await authenticate(token);
      expect(principal).toMatchObject({
        kind: 'user',
        userId: first.userId,
        sessionId: id,
        actor: first.userId,
        organizationIds: [first.organizationId, second.organizationId],
      });
      expect(principal?.can(first.organizationId, 'api.key.create')).toBe(false);
      expect(principal?.can(second.organizationId, 'api.key.create')).toBe(true);
      expect(principal?.isOf(invited.organizationId)).toBe(false);
      expect(principal?.permissionsIn(invited.organizationId)).toEqual([]);
    });

    test('in one statement', async () => {
      const { token } = await signedIn();
      const before = services().statements.length;
      await authenticate(token);
      expect(services().statements).toHaveLength(before + 1);
    });

    test('as it is now: a new role counts at once', async () => {
      const { organizationId, membershipId, token, id } = await signedIn();
      const role = await roleNamed(commandLine(services()), organizationId, 'member');
      await services()
        .db.updateTable('memberships')
        .set({ role_id: role.id })
        .where('id', '=', membershipId)
        .execute();
      for (const principal of [await authenticate(token), await refresh(id)])
        expect(principal?.permissionsIn(organizationId)).toEqual(role.permissions);
    });

    test('who holds nothing any more once the membership is gone', async () => {
      const { organizationId, membershipId, token, id } = await signedIn();
      await services().db.deleteFrom('memberships').where('id', '=', membershipId).execute();
      for (const principal of [await authenticate(token), await refresh(id)]) {
        expect(principal).toMatchObject({ organizationIds: [] });
        expect(principal?.isOf(organizationId)).toBe(false);
        expect(principal?.canSomewhere('organization.view')).toBe(false);
      }
    });

    test('by its id just as by its token', async () => {
      const { token, id } = await signedIn();
      expect(JSON.stringify(await refresh(id))).toBe(JSON.stringify(await authenticate(token)));
    });
  });

  describe('is not accepted', () => {
    test.each([
      ['empty', ''],
      ['another kind', newToken('kwop_')],
      ['NUL', `sess_${'a'.repeat(42)}\0`],
      ['half a character', `sess_${'a'.repeat(42)}\ud800`],
      ['huge', `sess_${'a'.repeat(100_000)}`],
    ])('without asking the database for what is no token: %s', async (_title, token) => {
      const before = services().statements.length;
      expect(await authenticate(token)).toBeNull();
      expect(services().statements).toHaveLength(before);
    });

    test('with an unknown token, or with the hash or the id instead of it', async () => {
      const { token, id } = await signedIn();
      for (const wrong of [newToken('sess_'), hashToken(token), `sess_${hashToken(token).slice(0, 43)}`, id])
        expect(await authenticate(wrong)).toBeNull();
      expect(await refresh(newId('ses'))).toBeNull();
    });

    test('after 12 hours without use, to the millisecond', async () => {
      const { token, id } = await signedIn();
      services().clock.advance(12 * HOUR - 1);
      expect(await refresh(id)).not.toBeNull();
      expect(await stillValid(id)).toEqual([id]);
      services().clock.advance(1);
      expect(await authenticate(token)).toBeNull();
      expect(await refresh(id)).toBeNull();
      expect(await stillValid(id)).toEqual([]);
    });

    test('after 30 days, however much it is used', async () => {
      const { token, id, expiresAt } = await signedIn();
      for (let now = services().clock.now(); now < expiresAt - 6 * HOUR; now += 6 * HOUR) {
        services().clock.set(now);
        expect(await authenticate(token)).not.toBeNull();
        await eventually(async () => (await lastSeenOf(id)) === now);
      }
      services().clock.set(expiresAt - 1);
      expect(await authenticate(token)).not.toBeNull();
      services().clock.set(expiresAt);
      expect(await authenticate(token)).toBeNull();
      expect(await refresh(id)).toBeNull();
      expect(await stillValid(id)).toEqual([]);
    });
  });

  describe('takes note of its use', () => {
    test('at most once a minute', async () => {
      const { token, id } = await signedIn();
      const start = services().clock.now();
      services().clock.advance(MINUTE - 1);
      await authenticate(token);
      expect(await lastSeenOf(id)).toBe(start);
      services().clock.advance(1);
      await authenticate(token);
      await eventually(async () => (await lastSeenOf(id)) === start + MINUTE);
    });

    test('so that use keeps it', async () => {
      const { token, id } = await signedIn();
      for (let hours = 0; hours < 48; hours += 11) {
        services().clock.advance(11 * HOUR);
        expect(await authenticate(token)).not.toBeNull();
        await eventually(async () => (await lastSeenOf(id)) === services().clock.now());
      }
    });

    test('not where it is only looked at', async () => {
      const { id } = await signedIn();
      const start = services().clock.now();
      services().clock.advance(11 * HOUR);
      expect(await refresh(id)).not.toBeNull();
      expect(await stillValid(id)).toEqual([id]);
      expect(await lastSeenOf(id)).toBe(start);
    });

    test('of many requests at once, and never backwards', async () => {
      const { token, id } = await signedIn();
      services().clock.advance(2 * MINUTE);
      const now = services().clock.now();
      await Promise.all(Array.from({ length: 20 }, () => authenticate(token)));
      await eventually(async () => (await lastSeenOf(id)) === now);
      services().clock.set(now - HOUR);
      expect(await authenticate(token)).not.toBeNull();
      expect(await lastSeenOf(id)).toBe(now);
      services().clock.set(now);
    });
  });

  describe('is ended by signing out', () => {
    test('at once, with an audit row in every joined organization', async () => {
      const person = await makePerson(services());
      const other = await makePerson(services(), { email: person.email });
      const { id, token } = await sessionOf(services(), person.userId);
      const second = await sessionOf(services(), person.userId);
      const ctx = contextFor(services(), await authenticate(token));
      expect(await signOut(ctx)).toEqual({ signedOut: true, endedSessions: 1 });
      expect(await authenticate(token)).toBeNull();
      expect(await refresh(id)).toBeNull();
      expect(await authenticate(second.token)).not.toBeNull();
      for (const organizationId of [person.organizationId, other.organizationId])
        expect((await auditLogOf(services(), organizationId)).at(-1)).toMatchObject({
          action: 'session.ended',
          actor: person.userId,
          target_id: id,
          changes: {},
          ip: '192.0.2.1',
        });
      expect(services().events.at(-1)).toMatchObject({ action: 'session.ended', targetId: id });
    });

    test('once: there is nothing to end the second time, nor 20 times at once', async () => {
      const { organizationId, token } = await signedIn();
      const ctx = contextFor(services(), await authenticate(token));
      const answers = await Promise.all(Array.from({ length: 20 }, () => signOut(ctx)));
      expect(answers.filter(({ signedOut }) => signedOut)).toHaveLength(1);
      expect(await signOut(ctx)).toEqual({ signedOut: false, endedSessions: 0 });
      const actions = (await auditLogOf(services(), organizationId)).map((row) => row.action);
      expect(actions.filter((action) => action === 'session.ended')).toHaveLength(1);
    });

    test('not by others, who have none', async () => {
      const { organization } = await makeOrganization(services());
      const before = await auditLogOf(services(), organization.id);
      for (const ctx of [
        nobody(services()),
        commandLine(services()),
        contextFor(services(), operatorPrincipal(newId('op'), 'backend')),
        contextFor(services(), keyCaller(organization.id, ['*'])),
      ])
        expect(await signOut(ctx)).toEqual({ signedOut: false, endedSessions: 0 });
      expect(await auditLogOf(services(), organization.id)).toEqual(before);
    });
  });
});
