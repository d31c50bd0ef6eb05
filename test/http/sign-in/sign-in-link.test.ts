import { expect, test } from 'vitest';
import { newToken } from '../../../src/sessions/tokens.ts';
import { issueSignInLink } from '../../../src/sign-in/issue-sign-in-link.ts';
import { commandLine } from '../../sessions/people.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { ask, makeMember, serverOn } from '../../support/server.ts';

const LINK =
  'query ($token: String!) { signInLink(token: $token) { email organizationName expiresAt needsSession } }';
const SIGN_IN = 'mutation ($token: String!) { signIn(input: { token: $token }) { __typename } }';
const LIMIT = 5;

onEachDatabase('what a sign-in link is for', (engine) => {
  const server = serverOn(engine);
  const strict = serverOn(engine, { config: { verifyFailuresPerMinute: LIMIT } });

  const describeLink = (token: string, at = server()) => ask(at, LINK, { variables: { token } });

  async function invited(email: string, name: string) {
    const { sessionToken, organizationId } = await makeMember(server());
    const { db } = server().services;
    await db.updateTable('organizations').set({ name }).where('id', '=', organizationId).execute();
    const { id: roleId } = await db
      .selectFrom('roles')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('name', '=', 'member')
      .executeTakeFirstOrThrow();
    const invite = `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) {
      ... on InviteMemberPayload { signInUrl membership { id } } } }`;
    const { data } = await ask(server(), invite, {
      token: sessionToken,
      variables: { input: { email, roleId } },
    });
    const { signInUrl, membership } = data.inviteMember;
    const token = new URL(signInUrl).hash.slice('#token='.length);
    return { token, sessionToken, membershipId: membership.id as string };
  }

  test('is told without a credential, and as often as asked, while it works', async () => {
    const email = `ada-${engine}@example.com`;
    const { token } = await invited(email, 'Analytical Engines');
    const expiresAt = new Date(server().clock.now() + 7 * 24 * 3_600_000).toISOString();
    for (let time = 0; time < 3; time += 1) {
      const { status, data, errors } = await describeLink(token);
      expect([status, errors]).toEqual([200, []]);
      expect(data.signInLink).toEqual({
        email,
        organizationName: 'Analytical Engines',
        expiresAt,
        needsSession: false,
      });
    }
    expect((await ask(server(), SIGN_IN, { variables: { token } })).data.signIn.__typename).toBe(
      'SignInPayload',
    );
    expect((await describeLink(token)).data.signInLink).toBeNull();
  });

  test('of the operator names no organization', async () => {
    const { email } = await makeMember(server());
    const { token } = await issueSignInLink(commandLine(server().services), email);
    expect((await describeLink(token)).data.signInLink).toMatchObject({ email, organizationName: null });
  });

  test('that is unknown, expired, withdrawn or outgrown is nothing', async () => {
    const { email } = await makeMember(server());
    const expired = await issueSignInLink(commandLine(server().services), email);
    server().clock.advance(15 * 60_000);
    const withdrawn = await invited(`eve-${engine}@example.com`, 'Acme');
    const remove = 'mutation ($id: ID!) { removeMember(input: { id: $id }) { __typename } }';
    const removed = await ask(server(), remove, {
      token: withdrawn.sessionToken,
      variables: { id: withdrawn.membershipId },
    });
    expect(removed.data.removeMember.__typename).toBe('RemoveMemberPayload');
    const { services } = server();
    const outgrown = await invited(`max-${engine}@example.com`, 'Acme');
    await services.db
      .updateTable('sign_in_tokens')
      .set({ ceiling: '[]' } as never)
      .where('limited_to', 'is not', null)
      .execute();
    for (const token of [
      newToken(''),
      '',
      'x'.repeat(100_000),
      expired.token,
      withdrawn.token,
      outgrown.token,
    ]) {
      const { status, data, errors } = await describeLink(token);
      expect([status, data, errors]).toEqual([200, { signInLink: null }, []]);
    }
  });

  test('is asked in vain only so often from one address', async () => {
    const { email } = await makeMember(strict());
    const { token } = await issueSignInLink(commandLine(strict().services), email);
    for (let time = 0; time < LIMIT; time += 1)
      expect((await describeLink(newToken(''), strict())).data.signInLink).toBeNull();
    const limited = await describeLink(newToken(''), strict());
    expect(limited.errors[0]?.extensions.code).toBe('RATE_LIMITED');
    // A link that works still does.
    expect((await describeLink(token, strict())).data.signInLink.email).toBe(email);
  });

  test('leaves no token in the log', async () => {
    const { email } = await makeMember(server());
    const { token } = await issueSignInLink(commandLine(server().services), email);
    await describeLink(token);
    expect(server().lines.join('')).not.toContain(token);
  });
});
