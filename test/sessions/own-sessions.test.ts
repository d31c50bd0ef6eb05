import { describe, expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { authenticateSession } from '../../src/sessions/authenticate-session.ts';
import { createSession } from '../../src/sessions/create-session.ts';
import { listSessions } from '../../src/sessions/list-sessions.ts';
import { refreshSession } from '../../src/sessions/refresh-principal.ts';
import { revokeSession } from '../../src/sessions/revoke-session.ts';
import { signOut } from '../../src/sessions/sign-out.ts';
import { onEachDatabase } from '../support/databases.ts';
import { contextFor, keyCaller, servicesOn } from '../support/services.ts';
import { eventually } from '../support/wait.ts';
import { auditLogOf, commandLine, makePerson, nobody, sessionOf } from './people.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

onEachDatabase('a person’s own sessions', (engine) => {
  const services = servicesOn(engine);

  /** A context as the server makes it for this session. */
  async function asking(token: string) {
    const principal = await authenticateSession(services().db, services().clock, token);
    if (principal?.kind !== 'user') throw new Error('The session is not accepted');
    const refreshPrincipal = (db: Parameters<typeof refreshSession>[0]) =>
      refreshSession(db, services().clock, principal.sessionId);
    return { ...contextFor(services(), principal), refreshPrincipal };
  }

  /** A session that reaches only this organization. */
  async function limitedSession(userId: string, limitedTo: string) {
    const notes = { limitedTo, organizationIds: [limitedTo] };
    return (await write(commandLine(services()), (change) => createSession(change, userId, notes))).result;
  }

  async function twoSessions() {
    const person = await makePerson(services());
    const first = await sessionOf(services(), person.userId);
    services().clock.advance(MINUTE);
    const second = await sessionOf(services(), person.userId);
    return { ...person, first, second };
  }

  const isAccepted = async (token: string) =>
    (await authenticateSession(services().db, services().clock, token)) !== null;

  describe('are listed', () => {
    test('the latest used first, the one that asks marked', async () => {
      const start = services().clock.now();
      const { first, second } = await twoSessions();
      const list = await listSessions(await asking(second.token));
      expect(list).toEqual([
        {
          id: second.id,
          createdAt: start + MINUTE,
          lastSeenAt: start + MINUTE,
          expiresAt: second.expiresAt,
          limitedTo: null,
          current: true,
        },
        {
          id: first.id,
          createdAt: start,
          lastSeenAt: start,
          expiresAt: first.expiresAt,
          limitedTo: null,
          current: false,
        },
      ]);
      services().clock.advance(MINUTE);
      // The use is written after the answer.
      await eventually(async () => {
        expect((await listSessions(await asking(first.token)))[0]).toMatchObject({
          id: first.id,
          current: true,
          lastSeenAt: services().clock.now(),
        });
        return true;
      });
    });

    test('without those that have ended, or that others have', async () => {
      const { userId, first } = await twoSessions();
      await sessionOf(services(), (await makePerson(services())).userId);
      services().clock.advance(12 * HOUR - MINUTE);
      const ctx = contextFor(services(), await refreshSession(services().db, services().clock, first.id));
      expect(ctx.principal).toBeNull();
      const third = await sessionOf(services(), userId);
      services().clock.advance(MINUTE);
      const list = await listSessions(await asking(third.token));
      expect(list.map(({ id }) => id)).toEqual([third.id]);
    });

    test('by one that reaches one organization, only with those that reach the same', async () => {
      const { userId, first, second, organizationId, email } = await twoSessions();
      const other = await makePerson(services(), { email });
      const limited = await limitedSession(userId, organizationId);
      const elsewhere = await limitedSession(userId, other.organizationId);
      const idsFor = async (token: string) =>
        (await listSessions(await asking(token))).map(({ id }) => id).sort();
      expect(await idsFor(limited.token)).toEqual([limited.id]);
      expect(await idsFor(elsewhere.token)).toEqual([elsewhere.id]);
      expect(await idsFor(first.token)).toEqual([first.id, second.id, limited.id, elsewhere.id].sort());
    });

    test('as none for keys and operators, and not for nobody', async () => {
      for (const principal of [keyCaller(newId('org'), ['*']), operatorPrincipal(newId('op'), 'back-end')])
        expect(await listSessions(contextFor(services(), principal))).toEqual([]);
      await expect(listSessions(nobody(services()))).rejects.toThrow(UnauthenticatedError);
    });
  });

  describe('are ended one by one', () => {
    test('at once, with an audit row', async () => {
      const { organizationId, userId, first, second } = await twoSessions();
      const ctx = await asking(second.token);
      expect(await revokeSession(ctx, { id: first.id })).toBe(first.id);
      expect(await isAccepted(first.token)).toBe(false);
      expect(await isAccepted(second.token)).toBe(true);
      expect((await auditLogOf(services(), organizationId)).at(-1)).toMatchObject({
        action: 'session.ended',
        actor: userId,
        target_id: first.id,
      });
      await expect(revokeSession(ctx, { id: first.id })).rejects.toThrow(NotFoundError);
      expect(await revokeSession(ctx, { id: second.id })).toBe(second.id);
      expect(await isAccepted(second.token)).toBe(false);
    });

    test('but not those of others, which are answered like those that don’t exist', async () => {
      const { second } = await twoSessions();
      const stranger = await sessionOf(services(), (await makePerson(services())).userId);
      const ctx = await asking(second.token);
      for (const id of [stranger.id, newId('ses'), newId('key'), 'ses_\0', '']) {
        const refused = revokeSession(ctx, { id });
        await expect(refused).rejects.toMatchObject({ id, message: 'No session found with this ID' });
      }
      expect(await isAccepted(stranger.token)).toBe(true);
    });

    test('by one that reaches one organization only where they reach the same', async () => {
      const { userId, first, organizationId } = await twoSessions();
      const limited = await limitedSession(userId, organizationId);
      const ctx = await asking(limited.token);
      await expect(revokeSession(ctx, { id: first.id })).rejects.toThrow(NotFoundError);
      expect(await isAccepted(first.token)).toBe(true);
      expect(await revokeSession(await asking(first.token), { id: limited.id })).toBe(limited.id);
    });

    test('not by keys, operators or nobody', async () => {
      const { first, organizationId } = await twoSessions();
      for (const principal of [keyCaller(organizationId, ['*']), operatorPrincipal(newId('op'), 'back-end')])
        await expect(revokeSession(contextFor(services(), principal), first)).rejects.toThrow(NotFoundError);
      await expect(revokeSession(nobody(services()), first)).rejects.toThrow(UnauthenticatedError);
      expect(await isAccepted(first.token)).toBe(true);
    });

    test('not by one that has ended meanwhile', async () => {
      const { first, second } = await twoSessions();
      const late = await asking(first.token);
      await revokeSession(await asking(second.token), { id: first.id });
      await expect(revokeSession(late, { id: second.id })).rejects.toThrow(UnauthenticatedError);
      await expect(signOut(late, { everywhere: true })).rejects.toThrow(UnauthenticatedError);
      expect(await isAccepted(second.token)).toBe(true);
    });
  });

  describe('are ended everywhere', () => {
    test('all at once, each with an audit row, and nobody else’s', async () => {
      const { organizationId, userId, first, second } = await twoSessions();
      const stranger = await sessionOf(services(), (await makePerson(services())).userId);
      const limited = await limitedSession(userId, organizationId);
      const ctx = await asking(first.token);
      expect(await signOut(ctx, { everywhere: true })).toEqual({ signedOut: true, endedSessions: 3 });
      for (const { token } of [first, second, limited]) expect(await isAccepted(token)).toBe(false);
      expect(await isAccepted(stranger.token)).toBe(true);
      const ended = (await auditLogOf(services(), organizationId)).filter(
        ({ action }) => action === 'session.ended',
      );
      expect(ended.map((row) => row.target_id).sort()).toEqual([first.id, second.id, limited.id].sort());
    });

    test('by one that reaches one organization only there, unnoticed by the others', async () => {
      const { organizationId, userId, email, first } = await twoSessions();
      const other = await makePerson(services(), { email });
      const limited = await limitedSession(userId, organizationId);
      const before = (await auditLogOf(services(), other.organizationId)).length;
      const ctx = await asking(limited.token);
      expect(await signOut(ctx, { everywhere: true })).toEqual({ signedOut: true, endedSessions: 1 });
      expect(await isAccepted(first.token)).toBe(true);
      expect(await auditLogOf(services(), other.organizationId)).toHaveLength(before);
      await signOut(await asking(first.token), { everywhere: true });
      const rows = (await auditLogOf(services(), other.organizationId)).slice(before);
      expect(rows.map((row) => row.target_id)).not.toContain(limited.id);
    });
  });
});
