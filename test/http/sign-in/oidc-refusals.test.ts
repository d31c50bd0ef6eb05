import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Browser, type Page } from '../../support/browser.ts';
import { onEachDatabase } from '../../support/databases.ts';
import type { Claims, ProviderAccount, SignOptions } from '../../support/openid-provider.ts';
import { makeMember } from '../../support/server.ts';
import { answerFor, freshAccount, lastCause, signInAs, siteOn } from './oidc-site.ts';

const MINUTE = 60_000;
const PAGES = {
  400: 'Sign-in failed',
  403: 'This account can’t sign in here',
  503: 'Single sign-on is unavailable',
} as const;

/** A sign-in that is about to be tried. */
interface Attempt {
  readonly browser: Browser;
  open(): Promise<Page>;
}

onEachDatabase('a sign-in with an OpenID provider is refused', (engine) => {
  const site = siteOn(engine, { allowedEmailDomains: ['example.com', 'example.org'] });
  const server = () => site().server;

  async function member() {
    return freshAccount({ email: (await makeMember(server())).email });
  }

  async function stored() {
    const { db } = server().services;
    const tables = [
      'users',
      'memberships',
      'sessions',
      'user_identities',
      'used_oidc_flows',
      'audit_log',
    ] as const;
    return Promise.all(
      tables.map(
        async (table) => (await (db.selectFrom(table).selectAll().execute() as Promise<unknown[]>)).length,
      ),
    );
  }

  /** The name of the cookie of the only sign-in that is under way. */
  function nameOf(browser: Browser): string {
    return browser.flowCookies(server())[0]?.name ?? '';
  }

  /** Somebody who signs in, from the button on. */
  async function signingIn(account: ProviderAccount | Promise<ProviderAccount>): Promise<Attempt> {
    const browser = new Browser();
    const known = await account;
    return { browser, open: async () => (await signInAs(site(), known, browser)).page };
  }

  /** Expects a page without details, no session, nothing written, and the cause in the log alone. */
  async function expectRefusal(
    prepare: () => Promise<Attempt>,
    status: keyof typeof PAGES,
    cause: RegExp,
    { left = 0 }: { readonly left?: number } = {},
  ) {
    const { browser, open } = await prepare();
    const before = await stored();
    const page = await open();
    expect(lastCause(server())).toMatch(cause);
    expect(page.status).toBe(status);
    expect(page.text).toContain(PAGES[status]);
    expect(page.text).toContain(page.headers.get('x-request-id'));
    expect(page.text).not.toMatch(/nonce|state|token|issuer|email|e-mail|@|127\.0\.0\.1/i);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(browser.sessionToken(server())).toBeUndefined();
    // Only the sign-in that the answer belongs to is over.
    expect(browser.flowCookies(server())).toHaveLength(left);
    expect(await stored()).toEqual(before);
    const { searchParams } = new URL(page.url);
    const log = server().lines.join('');
    for (const secret of [...site().provider.secrets, searchParams.get('code'), searchParams.get('state')])
      if (secret && secret.length > 4) expect(log).not.toContain(secret);
  }

  describe('for an answer that is not to this browser’s question:', () => {
    async function answering(change: (answer: URL, browser: Browser) => void | Promise<void>) {
      const { browser, answer } = await answerFor(site(), await member());
      const url = new URL(answer);
      await change(url, browser);
      return { browser, open: () => browser.open(url.href) };
    }

    test('another state', () =>
      expectRefusal(
        () => answering((url) => url.searchParams.set('state', 'x'.repeat(43))),
        400,
        /no sign-in with this state/,
        { left: 1 },
      ));

    test('no state', () =>
      expectRefusal(() => answering((url) => url.searchParams.delete('state')), 400, /no state/, {
        left: 1,
      }));

    test('two states', () =>
      expectRefusal(() => answering((url) => url.searchParams.append('state', 'x')), 400, /more than one/, {
        left: 1,
      }));

    test('no code', () =>
      expectRefusal(() => answering((url) => url.searchParams.delete('code')), 400, /no authorization code/));

    test('no cookie', () =>
      expectRefusal(
        () => answering((_url, browser) => browser.plant(server(), nameOf(browser), null)),
        400,
        /no sign-in with this state/,
      ));

    test('a cookie that somebody else made up', () =>
      expectRefusal(
        () => answering((_url, browser) => browser.plant(server(), nameOf(browser), 'A'.repeat(300))),
        400,
        /no sign-in with this state/,
      ));

    test('a cookie that was changed', () =>
      expectRefusal(
        () =>
          answering((_url, browser) => {
            const [{ value = '' } = {}] = browser.flowCookies(server());
            const bytes = Buffer.from(value, 'base64url');
            bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
            browser.plant(server(), nameOf(browser), bytes.toString('base64url'));
          }),
        400,
        /no sign-in with this state/,
      ));

    test('that a neighbouring host planted a cookie beside is no obstacle', async () => {
      const { browser, answer } = await answerFor(site(), await member());
      browser.plant(server(), nameOf(browser), 'other', '/sign-in');
      expect((await browser.open(answer)).status).toBe(200);
      expect(browser.sessionToken(server())).toMatch(/^sess_/);
    });

    test('the answer to somebody else, whose account the browser would be in', () =>
      expectRefusal(
        async () => {
          const attacker = await answerFor(site(), await member());
          const victim = await answerFor(site(), await member());
          return { browser: victim.browser, open: () => victim.browser.open(attacker.answer) };
        },
        400,
        /no sign-in with this state/,
        { left: 1 },
      ));

    test('the code of somebody else with the own state', () =>
      expectRefusal(
        async () => {
          const victim = await answerFor(site(), await member());
          const code = new URL(victim.answer).searchParams.get('code') ?? '';
          const attacker = await answerFor(site(), await member());
          const url = new URL(attacker.answer);
          url.searchParams.set('code', code);
          return { browser: attacker.browser, open: () => attacker.browser.open(url.href) };
        },
        400,
        /invalid_grant/,
      ));

    test('another issuer in the answer', () =>
      expectRefusal(
        () => answering((url) => url.searchParams.set('iss', 'https://evil.example')),
        400,
        /"iss"/,
      ));

    test('too late', () =>
      expectRefusal(() => answering(() => server().clock.advance(10 * MINUTE)), 400, /has expired/));

    test('by HEAD, which would use it up unseen', async () => {
      const { browser, answer } = await answerFor(site(), await member());
      const [{ name = '', value = '' } = {}] = browser.flowCookies(server());
      const before = await stored();
      const response = await fetch(answer, { method: 'HEAD', headers: { Cookie: `${name}=${value}` } });
      expect([response.status, response.headers.getSetCookie().join()]).toEqual([
        400,
        expect.not.stringContaining('sess_'),
      ]);
      expect(await stored()).toEqual(before);
    });
  });

  describe('for an answer that was used:', () => {
    test('in the browser that used it', async () => {
      const { browser, answer } = await answerFor(site(), await member());
      await browser.open(answer);
      const token = browser.sessionToken(server());
      const before = await stored();
      expect((await browser.open(answer)).status).toBe(400);
      expect(lastCause(server())).toMatch(/no sign-in with this state/);
      expect(browser.sessionToken(server())).toBe(token);
      expect(await stored()).toEqual(before);
    });

    async function stolen() {
      const { browser, answer } = await answerFor(site(), await member());
      const thief = new Browser();
      const [{ name = '', value = '' } = {}] = browser.flowCookies(server());
      thief.plant(server(), name, value);
      return { browser, thief, answer };
    }

    test('with a copy of the cookie', async () => {
      const { browser, thief, answer } = await stolen();
      await browser.open(answer);
      const again = async () => ({ browser: thief, open: () => thief.open(answer) });
      await expectRefusal(again, 400, /invalid_grant/);
    });

    test('with a copy of the cookie, and the provider takes its code twice', async () => {
      const { provider } = site();
      const { browser, thief, answer } = await stolen();
      let token = '';
      provider.tamper = (claims, sign) => {
        token = sign(claims);
        return token;
      };
      provider.claimsInIdToken = true;
      await browser.open(answer);
      provider.tamper = null;
      provider.claimsInIdToken = false;
      provider.instead = (request, response) =>
        request.url === '/token'
          ? sendJson(response, { access_token: 'again', token_type: 'Bearer', id_token: token })
          : provider.itself(request, response);
      try {
        const again = async () => ({ browser: thief, open: () => thief.open(answer) });
        await expectRefusal(again, 400, /already been used/);
      } finally {
        provider.instead = null;
      }
    });
  });

  describe('for an ID token', () => {
    const now = () => Math.floor(Date.now() / 1000);
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    type Sign = (claims: Claims, options?: SignOptions) => string;

    test.each<[string, (claims: Claims, sign: Sign) => Claims | string, RegExp]>([
      ['of another sign-in', (claims) => ({ ...claims, nonce: 'x'.repeat(43) }), /"nonce"/],
      ['of no sign-in', ({ nonce: _, ...claims }) => claims, /"nonce"/],
      ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' }), /"iss"/],
      ['for another client', (claims) => ({ ...claims, aud: 'other' }), /"aud"/],
      ['for another client too', (claims) => ({ ...claims, aud: ['keywright', 'other'] }), /"aud"/],
      [
        'for another client by its azp',
        (claims) => ({ ...claims, aud: ['keywright', 'other'], azp: 'other' }),
        /"azp"/,
      ],
      ['that has expired', (claims) => ({ ...claims, exp: now() - 31 }), /"exp"/],
      ['that is not good yet', (claims) => ({ ...claims, nbf: now() + 60 }), /"nbf"/],
      ['without an end', ({ exp: _, ...claims }) => claims, /"exp"/],
      ['without a subject', ({ sub: _, ...claims }) => claims, /"sub"/],
      ['signed by somebody else', (claims, sign) => sign(claims, { key: stranger }), /signature/],
      [
        'of an unknown key',
        (claims, sign) => sign(claims, { header: { kid: 'other' } }),
        /no applicable key/,
      ],
      ['changed after it was signed', (claims, sign) => changed(sign(claims)), /signature/],
      ['without a signature', (claims) => unsigned(claims), /"alg"|unsupported/],
      ['signed with the client’s secret', (claims) => signedWithSecret(claims), /"alg"|unsupported/],
      ['that is none', () => 'none', /Invalid JWT/],
    ])('%s', async (_title, tamper, cause) => {
      const { provider } = site();
      provider.tamper = tamper;
      try {
        await expectRefusal(() => signingIn(member()), 400, cause);
      } finally {
        provider.tamper = null;
      }
    });

    test('but not for one from a clock that is a little off', async () => {
      const { provider } = site();
      provider.tamper = (claims) => ({ ...claims, exp: now() - 15, nbf: now() + 15 });
      try {
        const { browser } = await signInAs(site(), await member());
        expect(browser.sessionToken(server())).toMatch(/^sess_/);
      } finally {
        provider.tamper = null;
      }
    });
  });

  describe('for somebody', () => {
    test.each<[string, (email: string) => Record<string, unknown>, RegExp]>([
      ['whose e-mail address is not verified', () => ({ email_verified: false }), /not verified/],
      ['whose address is verified in words only', () => ({ email_verified: 'true' }), /not verified/],
      ['of whose verification nothing is said', () => ({ email_verified: undefined }), /not verified/],
      ['without an address', () => ({ email: undefined }), /not return an e-mail address/],
      ['with an address that is none', () => ({ email: 42 }), /not return an e-mail address/],
      ['of another domain', (email) => ({ email: email.replace('example.com', 'evil.example') }), /domain/],
      [
        'of a domain below',
        (email) => ({ email: email.replace('example.com', 'sub.example.com') }),
        /domain/,
      ],
      ['of a domain that ends alike', (email) => ({ email: email.replace('@', '@not-') }), /domain/],
      [
        'with two domains',
        (email) => ({ email: `${email.replace('example.com', 'evil.example')}@example.com` }),
        /plain/,
      ],
      ['with white space around', (email) => ({ email: ` ${email}` }), /plain/],
      ['whom nobody invited', (email) => ({ email: `nobody-${email}` }), /no user has/],
    ])('%s', async (_title, facts, cause) => {
      const account = await member();
      const changed = { ...account, ...facts(String(account.email)) };
      await expectRefusal(() => signingIn(changed), 403, cause);
      const { provider } = site();
      provider.claimsInIdToken = true;
      try {
        await expectRefusal(() => signingIn(changed), 403, cause);
      } finally {
        provider.claimsInIdToken = false;
      }
    });

    test('whose address looks like a member’s only to Unicode', async () => {
      const { services } = server();
      const { userId } = await makeMember(server());
      const email = `kim-${userId}@example.com`;
      await services.db.updateTable('users').set({ email }).where('id', '=', userId).execute();
      // U+212A, the Kelvin sign, which in lower case is a k.
      const account = freshAccount({ email: email.replace('k', '\u212a') });
      await expectRefusal(() => signingIn(account), 403, /plain/);
    });

    test('with the address of a member who came with another identity', async () => {
      const account = await member();
      await signInAs(site(), account);
      const successor = freshAccount({ email: String(account.email) });
      await expectRefusal(() => signingIn(successor), 403, /another identity/);
    });
  });

  describe('where the provider', () => {
    test('says no', () =>
      expectRefusal(
        async () => {
          const { browser, answer } = await answerFor(site(), await member());
          const url = new URL(answer);
          url.searchParams.delete('code');
          url.searchParams.set('error', 'access_denied');
          url.searchParams.set('error_description', 'sess_secret in a description');
          return { browser, open: () => browser.open(url.href) };
        },
        400,
        /\(access_denied\)$/,
      ));

    test('says no to another browser’s question', () =>
      expectRefusal(
        async () => {
          const { browser, answer } = await answerFor(site(), await member());
          const { origin, pathname } = new URL(answer);
          return { browser, open: () => browser.open(`${origin}${pathname}?error=access_denied&state=x`) };
        },
        400,
        /no sign-in with this state/,
        { left: 1 },
      ));

    test.each<[string, string, (response: ServerResponse) => void, 400 | 503, RegExp]>([
      [
        'has trouble with the code',
        '/token',
        (response) => response.writeHead(500).end(),
        503,
        /status code/,
      ],
      ['answers with a page', '/token', (response) => response.end('<html>'), 400, /content-type/],
      ['breaks off', '/token', (response) => response.destroy(), 503, /fetch failed/],
      ['does not know the person', '/me', (response) => response.writeHead(500).end(), 503, /status code/],
      [
        'tells of another person',
        '/me',
        (response) => sendJson(response, { sub: 'other', email: 'a@example.com', email_verified: true }),
        400,
        /"sub"/,
      ],
    ])('%s', async (_title, path, answer, status, cause) => {
      const { provider } = site();
      provider.instead = (request, response) =>
        request.url === path ? answer(response) : provider.itself(request, response);
      try {
        await expectRefusal(() => signingIn(member()), status, cause);
      } finally {
        provider.instead = null;
      }
    });
  });
});

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function changed(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  return [header, encoded({ ...claims, email: 'owner@example.com' }), signature].join('.');
}

function unsigned(claims: Claims): string {
  return `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`;
}

function signedWithSecret(claims: Claims): string {
  const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  const secret = 'a-secret-that-only-the-two-know';
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
