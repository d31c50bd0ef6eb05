import { expect, test } from 'vitest';
import { operatorPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { hashToken } from '../../src/sessions/tokens.ts';
import { createSignInLink, INVITATION_MS } from '../../src/sign-in/create-sign-in-link.ts';
import { issueSignInLink } from '../../src/sign-in/issue-sign-in-link.ts';
import { signIn } from '../../src/sign-in/sign-in.ts';
import {
  auditLogOf,
  commandLine,
  everythingStored,
  freshEmail,
  linkTokenOf,
  makePerson,
  nobody,
} from '../sessions/people.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, memberOf, servicesOn } from '../support/services.ts';

const MINUTE = 60_000;

onEachDatabase('a sign-in link', (engine) => {
  const services = servicesOn(engine);

  const issue = (email: string) => issueSignInLink(commandLine(services()), email);

  async function countLinksOf(userId: string) {
    const rows = await services()
      .db.selectFrom('sign_in_tokens')
      .select('hash')
      .where('user_id', '=', userId)
      .execute();
    return rows.length;
  }

  test('has its token in the fragment, and works for 15 minutes', async () => {
    const { userId, email } = await makePerson(services());
    const link = await issue(email);
    expect(link).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      url: `http://localhost:4000/sign-in#token=${link.token}`,
      expiresAt: services().clock.now() + 15 * MINUTE,
    });
    expect((await signIn(nobody(services()), link)).result.user.id).toBe(userId);
  });

  test('is for whoever has the address, in whatever case it is written', async () => {
    const { userId, email } = await makePerson(services());
    const link = await issue(` ${email.toUpperCase()} `);
    expect((await signIn(nobody(services()), link)).result.user.id).toBe(userId);
  });

  test('is written into the audit log of each organization of the user', async () => {
    const { organizationId, userId, email } = await makePerson(services());
    const invited = await makePerson(services(), { email, joined: false });
    const { expiresAt } = await issue(email);
    // Who has not joined is known there by the invitation alone.
    for (const [one, target] of [
      [organizationId, userId],
      [invited.organizationId, invited.membershipId],
    ] as const)
      expect((await auditLogOf(services(), one)).at(-1)).toMatchObject({
        action: 'sign_in_link.created',
        actor: 'cli',
        target_id: target,
        changes: { expiresAt: [null, new Date(expiresAt).toISOString()] },
      });
  });

  test('is stored as the hash of its token, which the audit log does not have', async () => {
    const { email } = await makePerson(services());
    const { token } = await issue(email);
    const stored = await everythingStored(services());
    expect(stored).toContain(hashToken(token));
    expect(stored).not.toContain(token);
    const shown = JSON.stringify([services().events, services().lines]);
    expect(shown).not.toContain(hashToken(token));
    expect(shown).not.toContain(token);
  });

  test('does not end earlier ones, but clears away those that have run out', async () => {
    const { userId, email } = await makePerson(services());
    const other = await makePerson(services());
    await issue(other.email);
    await issue(email);
    services().clock.advance(MINUTE);
    const second = await issue(email);
    services().clock.advance(14 * MINUTE);
    const third = await issue(email);
    expect(await countLinksOf(userId)).toBe(2);
    expect(await countLinksOf(other.userId)).toBe(1);
    await signIn(nobody(services()), second);
    await signIn(nobody(services()), third);
    expect(await countLinksOf(userId)).toBe(0);
  });

  test('of an invitation works for 7 days', async () => {
    const { userId } = await makePerson(services(), { joined: false });
    const tokens = [await linkTokenOf(services(), userId, INVITATION_MS)];
    tokens.push(await linkTokenOf(services(), userId, INVITATION_MS));
    const [early = '', late = ''] = tokens;
    services().clock.advance(7 * 24 * 60 * MINUTE - 1);
    await signIn(nobody(services()), { token: early });
    services().clock.advance(1);
    await expect(signIn(nobody(services()), { token: late })).rejects.toThrow(NotFoundError);
  });

  test('is part of a change: without it there is no link', async () => {
    const { userId } = await makePerson(services());
    const failing = write(commandLine(services()), async (change) => {
      await createSignInLink(change, services().publicUrl, userId);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await countLinksOf(userId)).toBe(0);
  });

  test('is for known users only', async () => {
    const email = freshEmail();
    await expect(issue(email)).rejects.toThrow(new NotFoundError(email, 'user', 'e-mail address'));
  });

  test.each(['', 'nobody', 'a@b c', `a@${'b'.repeat(300)}`, 'a\0@b'])(
    'is refused for what is no address: %j',
    async (email) => {
      expect(await issuesOf(issue(email))).toEqual([{ path: ['email'], message: expect.any(String) }]);
    },
  );

  test('is a matter of the command line alone', async () => {
    const { organizationId, userId, email } = await makePerson(services());
    const attempt = (principal: Parameters<typeof contextFor>[1]) =>
      issueSignInLink(contextFor(services(), principal), email);
    await expect(attempt(null)).rejects.toThrow(UnauthenticatedError);
    await expect(attempt(memberOf(organizationId, ['*']))).rejects.toThrow(ForbiddenError);
    await expect(attempt(operatorPrincipal(newId('op'), 'backend'))).rejects.toThrow(ForbiddenError);
    expect(await countLinksOf(userId)).toBe(0);
  });
});
