import { describe, expect, test } from 'vitest';
import { userPrincipal } from '../../src/access/principal.ts';
import { NotFoundError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { hashToken, newToken } from '../../src/sessions/tokens.ts';
import { signIn } from '../../src/sign-in/sign-in.ts';
import {
  auditLogOf,
  everythingStored,
  linkTokenOf,
  makePerson,
  nobody,
  sessionOf,
} from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, makeOrganization, servicesOn } from '../support/services.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

onEachDatabase('signing in', (engine) => {
  const services = servicesOn(engine);

  async function invited() {
    const person = await makePerson(services(), { joined: false });
    return { ...person, token: await linkTokenOf(services(), person.userId) };
  }

  async function sessionsOf(userId: string) {
    return services().db.selectFrom('sessions').selectAll().where('user_id', '=', userId).execute();
  }

  async function membershipOf(userId: string) {
    return services()
      .db.selectFrom('memberships')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
  }

  test('trades the token for a session of the user', async () => {
    const person = await makePerson(services());
    const token = await linkTokenOf(services(), person.userId);
    const { result, propagation } = await signIn(nobody(services()), { token });
    expect(result).toEqual({
      sessionToken: expect.stringMatching(/^sess_[\w-]{43}$/),
      expiresAt: services().clock.now() + 30 * DAY,
      user: { id: person.userId, name: 'Ada', email: person.email },
    });
    expect(propagation).toMatchObject({ confirmedNodes: 1, totalNodes: 1 });
    const principal = await authenticateSession(services().db, services().clock, result.sessionToken);
    expect(principal).toMatchObject({ kind: 'user', userId: person.userId, actor: person.userId });
    expect(principal?.can(person.organizationId, 'organization.manage')).toBe(true);
  });

  test('is written into the audit log, in the name of the user', async () => {
    const { organizationId, userId, token } = await invited();
    const before = (await auditLogOf(services(), organizationId)).length;
    await signIn(nobody(services()), { token });
    const [joined, created, ...more] = (await auditLogOf(services(), organizationId)).slice(before);
    const [session] = await sessionsOf(userId);
    const membership = await membershipOf(userId);
    const now = services().clock.now();
    expect(joined).toMatchObject({
      action: 'member.joined',
      actor: userId,
      target_id: membership.id,
      changes: { userId: [null, userId], joinedAt: [null, new Date(now).toISOString()] },
    });
    expect(created).toMatchObject({
      action: 'session.created',
      actor: userId,
      target_id: session?.id,
      changes: {},
      ip: '192.0.2.1',
      user_agent: 'vitest',
      occurred_at: now,
    });
    expect(more).toEqual([]);
  });

  test('in the name of the user also where somebody else was signed in', async () => {
    const { organizationId, userId, token } = await invited();
    const other = userPrincipal(newId('user'), newId('ses'), new Map());
    await signIn(contextFor(services(), other), { token });
    expect((await auditLogOf(services(), organizationId)).at(-1)).toMatchObject({ actor: userId });
  });

  test('ends the session by which somebody asks for it, also somebody else’s', async () => {
    const { db, clock } = services();
    const [mine, yours] = [await makePerson(services()), await makePerson(services())];
    for (const before of [mine, yours]) {
      const { id, token: old } = await sessionOf(services(), before.userId);
      const caller = await authenticateSession(db, clock, old);
      const token = await linkTokenOf(services(), mine.userId);
      const { result } = await signIn(contextFor(services(), caller), { token });
      expect(await authenticateSession(db, clock, old)).toBeNull();
      expect(await authenticateSession(db, clock, result.sessionToken)).not.toBeNull();
      const ended = (await auditLogOf(services(), before.organizationId)).filter(
        (row) => row.target_id === id,
      );
      expect(ended).toMatchObject([
        { action: 'session.created' },
        { action: 'session.ended', actor: before.userId, changes: {} },
      ]);
    }
  });

  test('that fails ends none', async () => {
    const { db, clock } = services();
    const { userId } = await makePerson(services());
    const { token: old } = await sessionOf(services(), userId);
    const caller = await authenticateSession(db, clock, old);
    await expect(signIn(contextFor(services(), caller), { token: newToken('') })).rejects.toThrow(
      NotFoundError,
    );
    expect(await authenticateSession(db, clock, old)).not.toBeNull();
  });

  test('joins every organization that the user is invited to, and no other', async () => {
    const { email, userId, token } = await invited();
    const second = await makePerson(services(), { email, role: 'member', joined: false });
    const third = await makePerson(services(), { email, role: 'admin' });
    const stranger = await makePerson(services(), { joined: false });
    services().clock.advance(MINUTE);
    const { result } = await signIn(nobody(services()), { token });
    const principal = await authenticateSession(services().db, services().clock, result.sessionToken);
    expect(principal?.organizationIds).toHaveLength(3);
    expect(principal?.permissionsIn(second.organizationId)).toContain('api.key.view');
    const actions = async (organizationId: string) =>
      (await auditLogOf(services(), organizationId)).slice(2).map((row) => row.action);
    expect(await actions(second.organizationId)).toEqual(['member.joined', 'session.created']);
    expect(await actions(third.organizationId)).toEqual(['session.created']);
    expect((await membershipOf(stranger.userId)).joined_at).toBeNull();
    const joined = await services()
      .db.selectFrom('memberships')
      .select(['joined_at', 'created_at'])
      .where('user_id', '=', userId)
      .where('organization_id', '=', third.organizationId)
      .executeTakeFirstOrThrow();
    expect(joined.joined_at).toBe(joined.created_at);
  });

  test('works for somebody without an organization, who then holds nothing', async () => {
    const { userId, membershipId } = await makePerson(services());
    await services().db.deleteFrom('memberships').where('id', '=', membershipId).execute();
    const { result } = await signIn(nobody(services()), { token: await linkTokenOf(services(), userId) });
    const principal = await authenticateSession(services().db, services().clock, result.sessionToken);
    expect(principal?.organizationIds).toEqual([]);
    expect(principal?.canSomewhere('api.key.view')).toBe(false);
  });

  test('clears away sessions of the user that have ended, and only those', async () => {
    const { userId, token } = await invited();
    const other = await makePerson(services());
    await sessionOf(services(), userId);
    await sessionOf(services(), other.userId);
    services().clock.advance(10 * MINUTE);
    const running = await sessionOf(services(), userId);
    services().clock.advance(12 * HOUR - 10 * MINUTE);
    expect(await sessionsOf(userId)).toHaveLength(2);
    const late = await linkTokenOf(services(), userId);
    await expect(signIn(nobody(services()), { token })).rejects.toThrow(NotFoundError);
    await signIn(nobody(services()), { token: late });
    const left = (await sessionsOf(userId)).map((row) => row.id);
    expect(left).toHaveLength(2);
    expect(left).toContain(running.id);
    expect(await sessionsOf(other.userId)).toHaveLength(1);
  });

  describe('is refused', () => {
    async function expectRefusal(token: string) {
      const refusal = await signIn(nobody(services()), { token }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(NotFoundError);
      // The same for all, and nothing in it that a log must not have.
      expect(refusal).toMatchObject({ id: 'token', message: 'No sign-in link found with this token' });
    }

    test.each([
      ['empty', ''],
      ['short', 'abc'],
      ['NUL', `${'a'.repeat(42)}\0`],
      ['half a character', `${'a'.repeat(42)}\ud800`],
      ['huge', 'a'.repeat(100_000)],
    ])('for a token that is none: %s', async (_title, token) => {
      const { statements } = services();
      const before = statements.length;
      await expectRefusal(token);
      expect(statements).toHaveLength(before);
    });

    test('for an unknown token, a session’s and an operator’s', async () => {
      const { userId } = await makePerson(services());
      await expectRefusal(newToken(''));
      await expectRefusal((await sessionOf(services(), userId)).token);
      await expectRefusal(newToken('kwop_'));
    });

    test('for the hash that is stored', async () => {
      const { token } = await invited();
      await expectRefusal(hashToken(token));
      await signIn(nobody(services()), { token });
    });

    test('the second time', async () => {
      const { organizationId, userId, token } = await invited();
      await signIn(nobody(services()), { token });
      const before = await auditLogOf(services(), organizationId);
      await expectRefusal(token);
      expect(await auditLogOf(services(), organizationId)).toEqual(before);
      expect(await sessionsOf(userId)).toHaveLength(1);
    });

    test('after 15 minutes, to the millisecond', async () => {
      const { userId } = await makePerson(services());
      const [early, late] = [await linkTokenOf(services(), userId), await linkTokenOf(services(), userId)];
      services().clock.advance(15 * MINUTE - 1);
      await signIn(nobody(services()), { token: early });
      services().clock.advance(1);
      await expectRefusal(late);
      expect(await sessionsOf(userId)).toHaveLength(1);
    });

    test('and joins nothing then', async () => {
      const { userId, token } = await invited();
      services().clock.advance(15 * MINUTE);
      await expectRefusal(token);
      expect((await membershipOf(userId)).joined_at).toBeNull();
    });
  });

  test('20 times at once with one token makes one session', async () => {
    const { organizationId, userId, token } = await invited();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => signIn(nobody(services()), { token })),
    );
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(NotFoundError);
    expect(await sessionsOf(userId)).toHaveLength(1);
    const actions = (await auditLogOf(services(), organizationId)).map((row) => row.action);
    expect(actions.filter((action) => action === 'session.created')).toHaveLength(1);
  });

  test('20 times at once for somebody without an organization makes one session too', async () => {
    const { userId, membershipId } = await makePerson(services());
    await services().db.deleteFrom('memberships').where('id', '=', membershipId).execute();
    const token = await linkTokenOf(services(), userId);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => signIn(nobody(services()), { token })),
    );
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await sessionsOf(userId)).toHaveLength(1);
  });

  test('many people of the same organizations at once', async () => {
    const organizations = await Promise.all([1, 2, 3].map(() => makeOrganization(services())));
    const ids = organizations.map(({ organization }) => organization.id);
    const tokens: string[] = [];
    for (let person = 0; person < 8; person += 1) {
      const [first = '', ...others] = person % 2 ? ids : ids.toReversed();
      const { email, userId } = await makePerson(services(), { organizationId: first });
      for (const organizationId of others)
        await makePerson(services(), { organizationId, email, joined: false });
      tokens.push(await linkTokenOf(services(), userId));
    }
    const sessions = await Promise.all(tokens.map((token) => signIn(nobody(services()), { token })));
    expect(new Set(sessions.map(({ result }) => result.user.id)).size).toBe(8);
    for (const id of ids) {
      const log = await auditLogOf(services(), id);
      expect(log.map((row) => row.sequence)).toEqual(log.map((_row, index) => index + 1));
      expect(log.filter((row) => row.action === 'session.created')).toHaveLength(8);
    }
  });

  test('leaves neither token in the database, on the bus or in the log', async () => {
    const { token } = await invited();
    expect(await everythingStored(services())).not.toContain(token);
    const { result } = await signIn(nobody(services()), { token });
    const stored = await everythingStored(services());
    expect(stored).toContain(hashToken(result.sessionToken));
    for (const text of [stored, JSON.stringify(services().events), services().lines.join('')]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(result.sessionToken);
    }
    const audit = JSON.stringify(await services().db.selectFrom('audit_log').selectAll().execute());
    for (const secret of [token, hashToken(token), result.sessionToken, hashToken(result.sessionToken)])
      expect(audit).not.toContain(secret);
  });
});
