import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { newToken, SESSION_PREFIX } from '../../src/sessions/tokens.ts';
import { createSignInLink } from '../../src/sign-in/create-sign-in-link.ts';
import { Browser } from '../support/browser.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';

const WHO = '{ viewer { actor { ... on User { id } } } }';
const SIGN_IN =
  'mutation ($token: String!) { signIn(input: { token: $token }) { __typename ... on SignInPayload { sessionToken } } }';
const OWN_PAGE = { 'X-Requested-With': 'keywright' };
const SITE = 'https://keys.example.com';
const PLAIN_SITE = 'http://keys.example.com';

/** The contract's name of the cookie, worked out here once more. */
function nameAt(publicUrl: string): string {
  const digits = createHash('sha256').update(publicUrl).digest('hex').slice(0, 8);
  return `${publicUrl.startsWith('https:') ? '__Host-' : ''}keywright_${digits}`;
}

async function signInToken({ services }: TestServer, userId: string): Promise<string> {
  const ctx = contextFor(services, systemPrincipal('cli'));
  const { result } = await write(ctx, (change) => createSignInLink(change, ctx.publicUrl, userId));
  return result.token;
}

const staleToken = () => newToken(SESSION_PREFIX);

onEachDatabase('the cookie', (engine) => {
  const server = serverOn(engine);
  const other = serverOn(engine);
  const secure = serverOn(engine, { config: { publicUrl: SITE } });
  const plain = serverOn(engine, { config: { publicUrl: PLAIN_SITE } });
  const below = serverOn(engine, { config: { publicUrl: `${SITE}/keywright` } });

  const name = () => nameAt(server().url);

  /** Asks who is asking, by these cookies. */
  async function whoBy(Cookie: string, at = server()) {
    const answer = await ask(at, WHO, { headers: { ...OWN_PAGE, Cookie } });
    return { ...answer, id: answer.data?.viewer?.actor?.id as string | undefined };
  }

  describe('signing in', () => {
    test('from a page of this server sets it, and it then names the caller', async () => {
      const { userId } = await makeMember(server());
      const token = await signInToken(server(), userId);
      const signedIn = await ask(server(), SIGN_IN, {
        variables: { token },
        headers: { ...OWN_PAGE, Origin: server().url },
      });
      const { sessionToken } = signedIn.data.signIn;
      const [cookie] = signedIn.headers.getSetCookie();
      expect(cookie).toBe(`${name()}=${sessionToken}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict`);
      expect((await whoBy(`theme=dark; ${name()}=${sessionToken}`)).id).toBe(userId);
    });

    test('where the site is https sets one that no other host can plant and that travels over nothing else', async () => {
      const { userId } = await makeMember(secure());
      const token = await signInToken(secure(), userId);
      const headers = { ...OWN_PAGE, Origin: SITE };
      const signedIn = await ask(secure(), SIGN_IN, { variables: { token }, headers });
      expect(signedIn.headers.getSetCookie()).toEqual([
        `${nameAt(SITE)}=${signedIn.data.signIn.sessionToken}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure`,
      ]);
      expect(nameAt(SITE)).toMatch(/^__Host-keywright_[0-9a-f]{8}$/);
    });

    test('by a program sets none, nor does a link that is used', async () => {
      const { userId } = await makeMember(server());
      const token = await signInToken(server(), userId);
      const first = await ask(server(), SIGN_IN, { variables: { token } });
      expect(first.data.signIn.__typename).toBe('SignInPayload');
      const again = await ask(server(), SIGN_IN, { variables: { token }, headers: OWN_PAGE });
      expect(again.data.signIn.__typename).toBe('NotFoundError');
      for (const { headers } of [first, again]) expect(headers.getSetCookie()).toEqual([]);
    });

    test.each(['http://localhost:1', 'https://evil.example', 'null'])(
      'from a page at %s says which address is right, and does not use the link up',
      async (Origin) => {
        const { userId } = await makeMember(server());
        const token = await signInToken(server(), userId);
        const wrong = await ask(server(), SIGN_IN, {
          variables: { token },
          headers: { ...OWN_PAGE, Origin },
        });
        expect(wrong.errors).toMatchObject([
          { message: expect.stringContaining(server().url), extensions: { code: 'BAD_REQUEST' } },
        ]);
        expect(wrong.headers.getSetCookie()).toEqual([]);
        const right = await ask(server(), SIGN_IN, {
          variables: { token },
          headers: { ...OWN_PAGE, Origin: server().url },
        });
        expect(right.data.signIn.__typename).toBe('SignInPayload');
      },
    );
  });

  test('of one server is not that of another on the same host: both stay signed in', async () => {
    const browser = new Browser();
    const people = [await makeMember(server()), await makeMember(other())];
    for (const [index, at] of [server(), other()].entries()) {
      const token = await signInToken(at, people[index]?.userId ?? '');
      const jar = `${nameAt(server().url)}=${browser.sessionToken(server()) ?? ''}`;
      const { headers, data } = await ask(at, SIGN_IN, {
        variables: { token },
        headers: { ...OWN_PAGE, Cookie: jar },
      });
      expect(headers.getSetCookie()[0]).toContain(nameAt(at.url));
      // Ports share cookies.
      for (const one of [server(), other()]) browser.plant(one, nameAt(at.url), data.signIn.sessionToken);
    }
    expect(nameAt(server().url)).not.toBe(nameAt(other().url));
    for (const [index, at] of [server(), other()].entries())
      expect((await browser.ask(at, WHO)).data.viewer.actor.id).toBe(people[index]?.userId);
  });

  describe('that is planted next to our own', () => {
    test.each([
      ['garbage', async () => 'x'],
      ['nothing', async () => ''],
      ['a session that has ended', async () => staleToken()],
      ['something huge', async () => 'x'.repeat(4_000)],
      ['many of them', async () => Array.from({ length: 20 }, staleToken).join(`; ${'NAME'}=`)],
    ])('with %s locks nobody out, whichever comes first', async (_what, value) => {
      const { userId, sessionToken } = await makeMember(server());
      const planted = `${name()}=${(await value()).replaceAll('NAME', name())}`;
      const own = `${name()}=${sessionToken}`;
      expect((await whoBy(`${own}; ${planted}`)).id).toBe(userId);
      const few = planted.length < 500 || planted.length > 3_900;
      if (few) expect((await whoBy(`${planted}; ${own}`)).id).toBe(userId);
    });

    test('is ended where our own is not', async () => {
      const { sessionToken } = await makeMember(plain());
      const { headers, id } = await whoBy(
        `${nameAt(PLAIN_SITE)}=x; ${nameAt(PLAIN_SITE)}=${sessionToken}`,
        plain(),
      );
      expect(id).toBeDefined();
      const slots = headers.getSetCookie().map((cookie) => {
        const [pair, ...attributes] = cookie.split('; ');
        expect(pair).toBe(`${nameAt(PLAIN_SITE)}=`);
        expect(attributes).toContain('Max-Age=0');
        return attributes.filter((one) => /^(?:Path|Domain)=/.test(one)).join(' ');
      });
      expect(slots).not.toContain('Path=/');
      expect(slots).toEqual(
        expect.arrayContaining([
          'Path=/graphql',
          'Path=/ Domain=keys.example.com',
          'Path=/ Domain=example.com',
          'Path=/graphql Domain=example.com',
        ]),
      );
    });

    test('with a session of somebody else switches to no other account, and the next request has our own alone', async () => {
      const [me, attacker] = [await makeMember(server()), await makeMember(server())];
      const browser = new Browser();
      browser.plant(server(), name(), me.sessionToken);
      browser.plant(server(), name(), attacker.sessionToken, '/graphql');
      const Cookie = `${name()}=${attacker.sessionToken}; ${name()}=${me.sessionToken}`;
      const refused = await whoBy(Cookie);
      expect([refused.status, refused.id]).toEqual([401, undefined]);
      // Tells the page to ask again.
      expect(refused.headers.get('retry-after')).toBe('0');
      browser.keep(server(), refused.headers.getSetCookie());
      expect((await browser.ask(server(), WHO)).data.viewer.actor.id).toBe(me.userId);
      for (const { sessionToken: token } of [me, attacker])
        expect((await ask(server(), WHO, { token })).status).toBe(200);
    });

    test('does not stand in the way of a sign-in', async () => {
      const { userId } = await makeMember(server());
      for (const values of [['x'], [staleToken()], [staleToken(), staleToken(), 'x']]) {
        const token = await signInToken(server(), userId);
        const Cookie = values.map((value) => `${name()}=${value}`).join('; ');
        const headers = { ...OWN_PAGE, Cookie, Origin: server().url };
        const { data, headers: answered } = await ask(server(), SIGN_IN, { variables: { token }, headers });
        expect(data.signIn.__typename).toBe('SignInPayload');
        const [own, ...others] = answered.getSetCookie();
        expect(own).toContain(data.signIn.sessionToken);
        for (const cookie of others) expect(cookie).toContain('Max-Age=0');
        expect(others.join()).not.toContain('Path=/;');
      }
    });
  });

  test('of a session that has ended counts for nothing, and is ended', async () => {
    const Cookie = `${name()}=${staleToken()}`;
    const anonymous = await ask(server(), '{ __typename }', { headers: { ...OWN_PAGE, Cookie } });
    expect([anonymous.status, anonymous.errors]).toEqual([200, []]);
    const [own] = anonymous.headers.getSetCookie();
    expect(own).toMatch(new RegExp(`^${name()}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict$`));
    const refused = await whoBy(Cookie);
    expect([refused.status, refused.errors[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(refused.headers.getSetCookie()[0]).toBe(own);
  });

  test('of the release before counts for nothing', async () => {
    const { sessionToken } = await makeMember(server());
    expect((await whoBy(`keywright_session=${sessionToken}`)).status).toBe(401);
  });

  test('is taken back by signing out', async () => {
    const { sessionToken } = await makeMember(server());
    const headers = { ...OWN_PAGE, Cookie: `${name()}=${sessionToken}` };
    const answer = await ask(server(), 'mutation { signOut { signedOut } }', { headers });
    expect(answer.data.signOut.signedOut).toBe(true);
    expect(answer.headers.getSetCookie()[0]).toContain(`${name()}=; Path=/; Max-Age=0`);
    expect((await whoBy(headers.Cookie)).status).toBe(401);
  });

  test('of a server below a path is accepted from its origin, which has none', async () => {
    const { sessionToken } = await makeMember(below());
    const Cookie = `${nameAt(`${SITE}/keywright`)}=${sessionToken}`;
    const headers = { ...OWN_PAGE, Cookie, Origin: SITE };
    expect((await ask(below(), WHO, { headers })).status).toBe(200);
  });

  describe('is refused', () => {
    async function askByCookie(headers: Record<string, string>) {
      const { sessionToken } = await makeMember(server());
      return ask(server(), WHO, { headers: { Cookie: `${name()}=${sessionToken}`, ...headers } });
    }

    test.each([
      ['without the header that vouches for it', {}],
      ['with another value in that header', { 'X-Requested-With': 'XMLHttpRequest' }],
      ['from another origin', { ...OWN_PAGE, Origin: 'https://evil.example' }],
      ['from a page without an origin', { ...OWN_PAGE, Origin: 'null' }],
      ['from another port of the same host', { ...OWN_PAGE, Origin: 'http://127.0.0.1:1' }],
    ])('%s', async (_name, headers) => {
      const { status, data, errors } = await askByCookie(headers);
      expect([status, data, errors[0]?.extensions.code]).toEqual([401, undefined, 'UNAUTHENTICATED']);
      expect(errors[0]?.message).toMatch(/^Session cookies /);
    });

    test('but not from pages of this server', async () => {
      expect((await askByCookie({ ...OWN_PAGE, Origin: server().url })).status).toBe(200);
    });

    test('and GET is no way around it', async () => {
      const { sessionToken } = await makeMember(server());
      const headers = { Cookie: `${name()}=${sessionToken}` };
      const response = await fetch(`${server().url}/graphql?query=${encodeURIComponent(WHO)}`, { headers });
      expect(response.status).toBe(401);
    });
  });

  test('never goes before a credential in a header, whatever it says', async () => {
    const [me, them] = [await makeMember(server()), await makeMember(server())];
    const key = await makeApiKey(server(), me.organizationId, { grants: ['*'] });
    for (const value of [them.sessionToken, staleToken(), 'x'])
      for (const vouched of [{}, OWN_PAGE, { ...OWN_PAGE, Origin: server().url }]) {
        const headers = { ...vouched, Cookie: `${name()}=${value}` };
        const { data } = await ask(server(), WHO, { token: me.sessionToken, headers });
        expect(data.viewer.actor.id).toBe(me.userId);
        const byKey = await ask(server(), '{ viewer { actor { __typename } } }', {
          headers: { ...headers, 'X-API-Key': key.secret },
        });
        expect(byKey.data.viewer.actor.__typename).toBe('ApiKey');
      }
    const headers = { ...OWN_PAGE, Cookie: `${name()}=${me.sessionToken}` };
    expect((await ask(server(), WHO, { token: staleToken(), headers })).status).toBe(401);
  });
});
