import { describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { write } from '../../src/command.ts';
import { createSignInLink } from '../../src/sessions/create-sign-in-link.ts';
import { ask, makeMember, serverOn, type TestServer } from '../support/server.ts';
import { contextFor } from '../support/services.ts';

const WHO = '{ viewer { actor { ... on User { id } } } }';
const SIGN_IN =
  'mutation ($token: String!) { signIn(input: { token: $token }) { __typename ... on SignInPayload { sessionToken } } }';
const OWN_PAGE = { 'X-Requested-With': 'keywright' };

const server = serverOn('sqlite');
const secure = serverOn('sqlite', { config: { publicUrl: 'https://keys.example.com' } });

async function signInToken({ services }: TestServer, userId: string): Promise<string> {
  const ctx = contextFor(services, systemPrincipal('cli'));
  const { result } = await write(ctx, (change) => createSignInLink(change, ctx.publicUrl, userId));
  return result.token;
}

/** The name and value of a cookie that was set, and what it is limited to. */
function cookieOf(headers: Headers): { pair: string; attributes: string[] } | null {
  const [pair = '', ...attributes] = headers.get('set-cookie')?.split('; ') ?? [];
  return pair ? { pair, attributes } : null;
}

describe('signing in', () => {
  test('from a page of this server sets the cookie, which then says who is asking', async () => {
    const { userId } = await makeMember(server());
    const token = await signInToken(server(), userId);
    const signedIn = await ask(server(), SIGN_IN, { variables: { token }, headers: OWN_PAGE });
    const cookie = cookieOf(signedIn.headers);
    expect(cookie?.pair).toBe(`keywright_session=${signedIn.data.signIn.sessionToken}`);
    expect(cookie?.attributes).toEqual(['Path=/', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict']);
    const headers = { ...OWN_PAGE, Cookie: `theme=dark; ${cookie?.pair}` };
    expect((await ask(server(), WHO, { headers })).data.viewer.actor.id).toBe(userId);
  });

  test('by a program sets none', async () => {
    const { userId } = await makeMember(server());
    const token = await signInToken(server(), userId);
    const { headers, data } = await ask(server(), SIGN_IN, { variables: { token } });
    expect(data.signIn.__typename).toBe('SignInPayload');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('with a token that is used sets none', async () => {
    const { userId } = await makeMember(server());
    const token = await signInToken(server(), userId);
    await ask(server(), SIGN_IN, { variables: { token } });
    const { headers, data } = await ask(server(), SIGN_IN, { variables: { token }, headers: OWN_PAGE });
    expect(data.signIn.__typename).toBe('NotFoundError');
    expect(headers.get('set-cookie')).toBeNull();
  });

  test('where the site is https sets a cookie that travels over nothing else', async () => {
    const { userId } = await makeMember(secure());
    const token = await signInToken(secure(), userId);
    const { headers } = await ask(secure(), SIGN_IN, { variables: { token }, headers: OWN_PAGE });
    expect(cookieOf(headers)?.attributes).toContain('Secure');
  });

  test('is possible with the cookie of a session that has ended: it is taken back, the next try succeeds', async () => {
    const { userId } = await makeMember(server());
    const token = await signInToken(server(), userId);
    const variables = { token };
    const stale = { ...OWN_PAGE, Cookie: `keywright_session=sess_${'A'.repeat(43)}` };
    const refused = await ask(server(), SIGN_IN, { variables, headers: stale });
    expect(refused.status).toBe(401);
    expect(cookieOf(refused.headers)).toMatchObject({ pair: 'keywright_session=' });
    expect(cookieOf(refused.headers)?.attributes).toContain('Max-Age=0');
    const again = await ask(server(), SIGN_IN, { variables, headers: OWN_PAGE });
    expect(again.data.signIn.__typename).toBe('SignInPayload');
  });
});

test('signing out takes the cookie back', async () => {
  const { sessionToken } = await makeMember(server());
  const headers = { ...OWN_PAGE, Cookie: `keywright_session=${sessionToken}` };
  const answer = await ask(server(), 'mutation { signOut { signedOut } }', { headers });
  expect(answer.data.signOut.signedOut).toBe(true);
  expect(cookieOf(answer.headers)).toMatchObject({ pair: 'keywright_session=' });
  expect((await ask(server(), WHO, { headers })).status).toBe(401);
});

describe('a cookie is refused', () => {
  async function askByCookie(headers: Record<string, string>) {
    const { sessionToken } = await makeMember(server());
    const Cookie = `keywright_session=${sessionToken}`;
    return ask(server(), WHO, { headers: { Cookie, ...headers } });
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
    expect(errors[0]?.message).toMatch(/^A cookie is accepted only/);
  });

  test('but not from pages of this server', async () => {
    expect((await askByCookie({ ...OWN_PAGE, Origin: server().url })).status).toBe(200);
  });

  test('and GET is no way around it', async () => {
    const { sessionToken } = await makeMember(server());
    const headers = { Cookie: `keywright_session=${sessionToken}` };
    const response = await fetch(`${server().url}/graphql?query=${encodeURIComponent(WHO)}`, { headers });
    expect(response.status).toBe(401);
  });
});

test('a credential in a header counts where a cookie came along by itself', async () => {
  const { sessionToken, userId } = await makeMember(server());
  const headers = { Cookie: `keywright_session=sess_${'A'.repeat(43)}` };
  const { data } = await ask(server(), WHO, { token: sessionToken, headers });
  expect(data.viewer.actor.id).toBe(userId);
});
