import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../../src/access/principal.ts';
import { write } from '../../../src/command.ts';
import { cookieName } from '../../../src/http/auth/cookies.ts';
import { createOrganization } from '../../../src/organizations/create-organization.ts';
import { createSession } from '../../../src/sessions/create-session.ts';
import { auditLogOf, everythingStored, makePerson } from '../../sessions/people.ts';
import { Browser } from '../../support/browser.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { ask, makeMember, serverOn, type TestServer } from '../../support/server.ts';
import { contextFor } from '../../support/services.ts';
import { answerFor, freshAccount, signInAs, siteOn } from './oidc-site.ts';

const WHO = '{ viewer { actor { ... on User { id email } } } }';
const MINUTE = 60_000;

onEachDatabase('signing in with an OpenID provider', (engine) => {
  const site = siteOn(engine);
  const server = () => site().server;

  async function auditAfter(organizationId: string, count: number) {
    return (await auditLogOf(server().services, organizationId)).slice(count);
  }

  test('leads a member home with a session, and the audit log has it', async () => {
    const { userId, email, organizationId } = await makeMember(server());
    const before = (await auditAfter(organizationId, 0)).length;
    const account = freshAccount({ email });
    const { browser, page } = await signInAs(site(), account);
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/graphql']);
    expect(browser.visited.map((url) => url.replace(/\?.*/, ''))).toContain(`${server().url}/`);
    const { data } = await browser.ask(server(), WHO);
    expect(data.viewer.actor).toEqual({ id: userId, email });
    expect(browser.cookie(server(), cookieName(server().url))?.attributes).toEqual([
      'Path=/',
      'Max-Age=2592000',
      'HttpOnly',
      'SameSite=Strict',
    ]);
    expect(browser.flowCookies(server())).toEqual([]);
    const sessions = await server()
      .services.db.selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id', 'desc')
      .execute();
    const facts = { actor: userId, ip: '127.0.0.1' };
    expect(await auditAfter(organizationId, before)).toMatchObject([
      {
        action: 'identity.linked',
        target_id: userId,
        changes: { issuer: [null, site().provider.issuer] },
        ...facts,
      },
      { action: 'session.created', target_id: sessions[0]?.id, changes: {}, ...facts },
    ]);
  });

  test('asks with a code challenge, state and nonce that are new each time, and keeps them in a cookie for one browser', async () => {
    const { browser } = await signInAs(site(), freshAccount({ email: (await makeMember(server())).email }));
    const urls = [];
    for (let count = 0; count < 2; count += 1)
      urls.push(new URL(await browser.open(`${server().url}/sign-in/oidc`, site().provider.issuer)));
    expect(urls.map((url) => url.pathname)).toEqual(['/auth', '/auth']);
    const [first, second] = urls.map((url) => Object.fromEntries(url.searchParams));
    expect(first).toMatchObject({
      response_type: 'code',
      client_id: 'keywright',
      scope: 'openid email profile',
      redirect_uri: `${server().url}/sign-in/oidc/callback`,
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first?.[name]).toMatch(/^[\w-]{43}$/);
      expect(first?.[name]).not.toBe(second?.[name]);
    }
    const cookie = browser.flowCookies(server()).at(-1);
    expect(cookie?.attributes).toEqual(['Path=/', 'Max-Age=600', 'HttpOnly', 'SameSite=Lax']);
    const readable = Buffer.from(cookie?.value ?? '', 'base64url').toString('latin1');
    for (const name of ['state', 'nonce']) expect(readable).not.toContain(second?.[name]);
  });

  test('lets an invited person join, with the role of the invitation', async () => {
    const { userId, email, organizationId, membershipId } = await makePerson(server().services, {
      role: 'admin',
      joined: false,
    });
    const before = (await auditAfter(organizationId, 0)).length;
    const { browser } = await signInAs(site(), freshAccount({ email }));
    const { data } = await browser.ask(
      server(),
      `{ node(id: "${membershipId}") { ... on Membership { role { name } } } }`,
    );
    expect(data.node).toEqual({ role: { name: 'admin' } });
    expect(await auditAfter(organizationId, before)).toMatchObject([
      { action: 'member.joined', actor: userId, target_id: membershipId },
      { action: 'identity.linked', actor: userId },
      { action: 'session.created', actor: userId },
    ]);
  });

  test('takes e-mail and name from the ID token or from the userinfo endpoint, whichever has them', async () => {
    const { provider } = site();
    const { email, userId } = await makeMember(server());
    const account = freshAccount({ email });
    const asked = () => provider.asked.get('/me') ?? 0;
    const before = asked();
    provider.claimsInIdToken = true;
    await signInAs(site(), account);
    expect(asked()).toBe(before);
    provider.claimsInIdToken = false;
    const { browser } = await signInAs(site(), account);
    expect(asked()).toBe(before + 1);
    expect((await browser.ask(server(), WHO)).data.viewer.actor.id).toBe(userId);
  });

  test('knows somebody again by the subject, whatever the address has become', async () => {
    const { email, userId, organizationId } = await makeMember(server());
    const account = freshAccount({ email });
    await signInAs(site(), account);
    const before = (await auditAfter(organizationId, 0)).length;
    const { browser } = await signInAs(site(), { ...account, email: `new-${account.sub}@example.com` });
    expect((await browser.ask(server(), WHO)).data.viewer.actor).toEqual({ id: userId, email });
    // Linked once and for all.
    expect((await auditAfter(organizationId, before)).map((row) => row.action)).toEqual(['session.created']);
  });

  test('ends the session that the browser had before, also of somebody else', async () => {
    const first = await makeMember(server());
    const second = await makeMember(server());
    const { browser } = await signInAs(site(), freshAccount({ email: first.email }));
    const old = browser.sessionToken(server()) ?? '';
    const [session] = (await auditAfter(first.organizationId, 0)).slice(-1);
    const before = (await auditAfter(first.organizationId, 0)).length;
    browser.forget(site().provider.issuer);
    await signInAs(site(), freshAccount({ email: second.email }), browser);
    expect(browser.sessionToken(server())).not.toBe(old);
    expect((await browser.ask(server(), WHO)).data.viewer.actor.id).toBe(second.userId);
    expect((await ask(server(), WHO, { token: old })).status).toBe(401);
    // Elsewhere it goes on being signed in.
    expect((await ask(server(), WHO, { token: first.sessionToken })).status).toBe(200);
    expect(await auditAfter(first.organizationId, before)).toMatchObject([
      { action: 'session.ended', actor: first.userId, target_id: session?.target_id },
    ]);
  });

  test('is ended by a sign-out, and everywhere by one that says so', async () => {
    const { email, organizationId, userId } = await makeMember(server());
    const account = freshAccount({ email });
    const { browser } = await signInAs(site(), account);
    const token = browser.sessionToken(server()) ?? '';
    const answer = await browser.ask(server(), 'mutation { signOut { signedOut endedSessions } }');
    expect(answer.data.signOut).toEqual({ signedOut: true, endedSessions: 1 });
    expect((await ask(server(), WHO, { token })).status).toBe(401);
    expect((await auditAfter(organizationId, 0)).at(-1)).toMatchObject({
      action: 'session.ended',
      actor: userId,
    });
    const tokens = [];
    for (let count = 0; count < 2; count += 1) {
      const { browser: other } = await signInAs(site(), account);
      tokens.push(other.sessionToken(server()) ?? '');
    }
    const everywhere = 'mutation { signOut(input: { everywhere: true }) { endedSessions } }';
    const { data } = await ask(server(), everywhere, { token: tokens[0] ?? '' });
    // Those two, and the one that the member was made with.
    expect(data.signOut.endedSessions).toBe(3);
    for (const ended of tokens) expect((await ask(server(), WHO, { token: ended })).status).toBe(401);
  });

  test('ends a session whose link a member has seen, and reaches all organizations itself', async () => {
    const { userId, email, organizationId } = await makePerson(server().services);
    const limited = await limitedSession(server(), userId, organizationId);
    await signInAs(site(), freshAccount({ email }));
    expect((await ask(server(), WHO, { token: limited })).status).toBe(401);
  });

  test('leaves no code, token, state or secret in the log or the database', async () => {
    const { email } = await makeMember(server());
    const { browser } = await signInAs(site(), freshAccount({ email }));
    const secrets = [...site().provider.secrets, browser.sessionToken(server()) ?? 'none'];
    for (const url of browser.visited) {
      for (const [name, value] of new URL(url).searchParams)
        if (['code', 'state', 'nonce', 'code_challenge'].includes(name)) secrets.push(value);
    }
    expect(secrets.length).toBeGreaterThan(6);
    const { services, lines } = server();
    const [identities, flows] = await Promise.all([
      services.db.selectFrom('user_identities').selectAll().execute(),
      services.db.selectFrom('used_oidc_flows').selectAll().execute(),
    ]);
    const kept = [lines.join(''), await everythingStored(services), JSON.stringify([identities, flows])];
    for (const secret of secrets) for (const text of kept) expect(text).not.toContain(secret);
  });

  test('forgets the marks of sign-ins that are too old to be tried again', async () => {
    const { services, clock } = server();
    const marks = () => services.db.selectFrom('used_oidc_flows').selectAll().execute();
    const { email } = await makeMember(server());
    const account = freshAccount({ email });
    await signInAs(site(), account);
    clock.advance(11 * MINUTE);
    await signInAs(site(), account);
    expect(await marks()).toHaveLength(1);
  });

  describe('in several tabs at once', () => {
    /** Sign-ins of one browser that have reached the provider, and its answers to them. */
    async function tabs(count: number) {
      const account = freshAccount({ email: (await makeMember(server())).email });
      const browser = new Browser();
      const answers: string[] = [];
      for (let tab = 0; tab < count; tab += 1)
        answers.push((await answerFor(site(), account, browser)).answer);
      return { browser, answers };
    }

    test.each([
      ['the order in which they began', (answers: string[]) => answers],
      ['the other order', (answers: string[]) => answers.toReversed()],
    ])('succeeds in each, in %s', async (_title, ordered) => {
      const { browser, answers } = await tabs(3);
      expect(browser.flowCookies(server())).toHaveLength(3);
      for (const answer of ordered(answers)) {
        const page = await browser.open(answer);
        expect([page.status, new URL(page.url).pathname]).toEqual([200, '/graphql']);
        expect((await browser.ask(server(), WHO)).errors).toEqual([]);
      }
      expect(browser.flowCookies(server())).toEqual([]);
    });

    test('one that is refused leaves the others alone', async () => {
      const { browser, answers } = await tabs(2);
      const [first = '', second = ''] = answers;
      const refused = new URL(first);
      refused.searchParams.set('code', 'x');
      expect((await browser.open(refused.href)).status).toBe(400);
      expect((await browser.open(`${server().url}/sign-in/oidc/callback?state=x&code=x`)).status).toBe(400);
      expect((await browser.open(second)).status).toBe(200);
    });

    test('keeps the newest four, however many are begun', async () => {
      const { browser, answers } = await tabs(1);
      server().clock.advance(1);
      const { provider } = site();
      for (let count = 0; count < 9; count += 1) {
        answers.push((await answerFor(site(), provider.account as never, browser)).answer);
        server().clock.advance(1);
      }
      expect(browser.flowCookies(server())).toHaveLength(4);
      expect((await browser.open(answers[0] ?? '')).status).toBe(400);
      for (const answer of answers.slice(-4)) expect((await browser.open(answer)).status).toBe(200);
    });

    test('is not pushed out by cookies that somebody planted', async () => {
      const { browser, answers } = await tabs(1);
      const [{ name = '' } = {}] = browser.flowCookies(server());
      const start = name.slice(0, -8);
      browser.plant(server(), name, 'x'.repeat(300), '/sign-in');
      for (let count = 0; count < 5; count += 1) browser.plant(server(), `${start}0000000${count}`, 'x');
      const { answer } = await answerFor(site(), site().provider.account as never, browser);
      for (const one of [answer, ...answers]) expect((await browser.open(one)).status).toBe(200);
    });
  });

  describe('leads nowhere but to the provider and home', () => {
    test.each([
      '?return_to=https://evil.example',
      '?next=//evil.example&redirect_uri=https://evil.example/callback',
      '?state=chosen&nonce=chosen&client_id=other',
    ])('with %s', async (query) => {
      const address = await new Browser().open(
        `${server().url}/sign-in/oidc${query}`,
        site().provider.issuer,
      );
      expect(address).not.toMatch(/evil|chosen|other/);
      expect(new URL(address).searchParams.get('redirect_uri')).toBe(`${server().url}/sign-in/oidc/callback`);
    });

    test('with another name in the Host header', async () => {
      const location = await new Promise<string | undefined>((resolve, reject) => {
        const headers = { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' };
        request(`${server().url}/sign-in/oidc`, { headers }, (response) => {
          response.resume();
          resolve(response.headers.location);
        })
          .on('error', reject)
          .end();
      });
      expect(location).toContain(site().provider.issuer);
      expect(location).not.toContain('evil');
    });

    test('with more in the provider’s answer than belongs there', async () => {
      const { email } = await makeMember(server());
      const { browser, answer } = await answerFor(site(), freshAccount({ email }));
      const page = await browser.open(
        `${answer}&return_to=https://evil.example&redirect_uri=https://evil.example`,
      );
      expect(new URL(page.url).origin).toBe(server().url);
      expect(page.status).toBe(200);
    });
  });

  test.each(['cross-site', 'same-site'])('is not begun by a page elsewhere (%s)', async (from) => {
    const { browser } = await signInAs(site(), freshAccount({ email: (await makeMember(server())).email }));
    const token = browser.sessionToken(server());
    const headers = { 'Sec-Fetch-Site': from };
    const page = await browser.open(`${server().url}/sign-in/oidc`, undefined, headers);
    expect(page.url).toBe(`${server().url}/sign-in`);
    expect(page.text).toContain('href="/sign-in/oidc"');
    expect(browser.flowCookies(server())).toEqual([]);
    expect(browser.sessionToken(server())).toBe(token);
  });
});

onEachDatabase('somebody new, where the operator lets newcomers in,', (engine) => {
  const admission = { organization: 'newcomers', role: 'member' };
  const site = siteOn(engine, { admission, allowedEmailDomains: ['example.com'] });

  test('becomes a user and a member when first signing in', async () => {
    const { server } = site();
    const account = freshAccount();
    // Until there is the organization, everybody stays out.
    expect((await signInAs(site(), account)).page.status).toBe(403);
    const ctx = contextFor(server.services, systemPrincipal('test'));
    const { result } = await createOrganization(ctx, { name: 'Newcomers', slug: 'newcomers' });
    const { browser } = await signInAs(site(), account);
    const { data } = await browser.ask(
      server,
      '{ viewer { actor { ... on User { email name } } organizations { nodes { slug } } permissions } }',
    );
    expect(data.viewer).toEqual({
      actor: { email: account.email, name: 'Grace Hopper' },
      organizations: { nodes: [{ slug: 'newcomers' }] },
      permissions: ['api.key.view', 'team.view', 'organization.view'],
    });
    const audit = await auditLogOf(server.services, result.id);
    expect(audit.map(({ action, actor }) => [action, actor.replace(/_.*/, '')])).toEqual([
      ['organization.created', 'test'],
      ['member.joined', 'oidc'],
      ['identity.linked', 'user'],
      ['session.created', 'user'],
    ]);
    const again = await signInAs(site(), account);
    expect(again.browser.sessionToken(server)).toMatch(/^sess_/);
    expect(await server.services.db.selectFrom('users').selectAll().execute()).toHaveLength(1);
    const other = freshAccount({ email: 'somebody@evil.example' });
    expect((await signInAs(site(), other)).page.status).toBe(403);
  });
});

describe('a server', () => {
  const plain = serverOn('sqlite');
  const secure = siteOn('sqlite', {}, { publicUrl: 'https://keys.example.com' });

  test('without a provider has neither the button nor the way', async () => {
    const page = await fetch(`${plain().url}/sign-in`);
    expect(await page.text()).not.toContain('oidc');
    for (const path of ['/sign-in/oidc', '/sign-in/oidc/callback'])
      expect((await fetch(plain().url + path)).status).toBe(404);
  });

  test('with one answers GET there, and nothing else', async () => {
    const { url } = secure().server;
    for (const path of ['/sign-in/oidc', '/sign-in/oidc/callback'])
      expect((await fetch(url + path, { method: 'POST' })).status).toBe(405);
  });

  test('on https has a cookie that no other host can plant and that travels over nothing else', async () => {
    const { url } = secure().server;
    const { headers } = await fetch(`${url}/sign-in/oidc`, { redirect: 'manual' });
    expect(headers.get('location')).toContain(
      'redirect_uri=https%3A%2F%2Fkeys.example.com%2Fsign-in%2Foidc%2Fcallback',
    );
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-keywright_oidc_[0-9a-f]{8}_[0-9a-f]{8}=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });
});

async function limitedSession(
  { services }: TestServer,
  userId: string,
  organizationId: string,
): Promise<string> {
  const ctx = contextFor(services, systemPrincipal('test'));
  const { result } = await write(ctx, async (change) => {
    await change.lock(organizationId);
    return createSession(change, userId, { limitedTo: organizationId });
  });
  return result.token;
}
