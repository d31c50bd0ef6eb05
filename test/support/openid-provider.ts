import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Configuration, default as Provider } from 'oidc-provider';
import { afterAll, beforeAll, vi } from 'vitest';
import type { OidcConfig } from '../../src/core/config/oidc-config.ts';

/** Somebody whom the provider knows. */
export interface ProviderAccount {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly name?: unknown;
}

/** The claims of an ID token. */
export type Claims = Record<string, unknown>;

/** The real `oidc-provider`, on a port of its own. */
export interface TestProvider {
  readonly issuer: string;
  /** The settings of Keywright that go with it. */
  readonly settings: OidcConfig;
  /** Whoever signs in from now on, without being asked. */
  account: ProviderAccount;
  /** Changes what is in ID tokens before they are signed; gives the claims, or a whole token. */
  tamper:
    | ((claims: Claims, sign: (claims: Claims, options?: SignOptions) => string) => Claims | string)
    | null;
  /** Whether e-mail and name are in the ID token, or only at the userinfo endpoint. */
  claimsInIdToken: boolean;
  /** Every secret that has gone back and forth: codes, tokens. */
  readonly secrets: readonly string[];
  /** How often it was asked for each path. */
  readonly asked: ReadonlyMap<string, number>;
  /** What answers requests in its place; null: itself. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** What it says by itself, for `instead`. */
  itself(request: IncomingMessage, response: ServerResponse): void;
  /** Tells it where Keywright is. */
  register(url: string): void;
  /** Lets nobody in until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** How a token is signed. */
export interface SignOptions {
  readonly key?: KeyObject;
  readonly header?: Record<string, unknown>;
}

const CLIENT_ID = 'keywright';
const CLIENT_SECRET = 'a-secret-that-only-the-two-know';
const KEY_ID = 'signing';

/** A provider for all tests of a `describe`, started before the first and stopped after the last. */
export function openidProvider(): () => TestProvider {
  let provider: TestProvider | undefined;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider?.stop());
  return () => {
    if (!provider) throw new Error('The provider runs only while tests run');
    return provider;
  };
}

/** Starts a provider; whoever starts it stops it. */
export async function startProvider(): Promise<TestProvider> {
  const OpenIdProvider = await quietly(async () => (await import('oidc-provider')).default);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secrets: string[] = [CLIENT_SECRET];
  const asked = new Map<string, number>();
  let answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  let server: Server | undefined;
  let port = 0;

  const start = async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/\?.*/, '').replace(/^\/(interaction|auth)\/.*/, '/$1/…');
      asked.set(path, (asked.get(path) ?? 0) + 1);
      (test.instead ?? test.itself)(request, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    if (!server?.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };

  const signed = (claims: Claims, { key = privateKey, header = {} }: SignOptions = {}): string => {
    const parts = [{ alg: 'RS256', typ: 'JWT', kid: KEY_ID, ...header }, claims];
    const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${content}.${sign('RSA-SHA256', Buffer.from(content), key).toString('base64url')}`;
  };

  const test: { -readonly [K in keyof TestProvider]: TestProvider[K] } = {
    issuer: '',
    settings: {
      issuer: '',
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      allowedEmailDomains: null,
      admission: null,
    },
    account: { sub: 'nobody' },
    tamper: null,
    claimsInIdToken: false,
    secrets,
    asked,
    instead: null,
    itself: (request, response) => {
      if (answer) answer(request, response);
      else response.writeHead(503).end();
    },
    start,
    stop,
    register: (url) => {
      const provider = quietly(() => makeProvider(url));
      const callback = provider.callback();
      answer = (request, response) => {
        if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
        const { sub } = test.account;
        void provider.interactionFinished(request, response, { login: { accountId: sub } });
      };
    },
  };

  const makeProvider = (url: string): Provider => {
    const configuration: Configuration = {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [`${url}/sign-in/oidc/callback`],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      conformIdTokenClaims: true,
      pkce: { required: () => true },
      cookies: { keys: ['only for tests'] },
      ttl: {
        AccessToken: 600,
        AuthorizationCode: 60,
        Grant: 600,
        IdToken: 600,
        Interaction: 600,
        Session: 600,
      },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ ...claimsOf(test.account, id) }) }),
      // Everybody agrees to everything.
      loadExistingGrant: async (ctx) => {
        const { client, session } = ctx.oidc;
        // A new one would make the codes of the session's other sign-ins invalid.
        const known = session?.grantIdFor(client?.clientId ?? '');
        const before = known ? await ctx.oidc.provider.Grant.find(known) : undefined;
        if (before?.accountId === session?.accountId && before) return before;
        const grant = new ctx.oidc.provider.Grant({
          clientId: client?.clientId ?? '',
          accountId: session?.accountId ?? '',
        });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    };
    const provider = new OpenIdProvider(test.issuer, configuration);
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path !== '/token' || ctx.status !== 200) return;
      const body = ctx.body as { id_token: string; access_token: string };
      const [, payload = ''] = body.id_token.split('.');
      let claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
      if (test.claimsInIdToken) claims = { ...claims, ...claimsOf(test.account, test.account.sub) };
      const tampered = test.tamper?.(claims, signed) ?? claims;
      const token = typeof tampered === 'string' ? tampered : signed(tampered);
      ctx.body = { ...body, id_token: token };
      secrets.push(token, body.access_token);
    });
    return provider;
  };

  await start();
  test.issuer = `http://127.0.0.1:${port}`;
  test.settings = { ...test.settings, issuer: test.issuer };
  return test;
}

/** Without what it says on the console about things that a public provider would have to set. */
function quietly<T>(work: () => T): T {
  for (const method of ['info', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {});
  return work();
}

function claimsOf(account: ProviderAccount, sub: string): ProviderAccount {
  return account.sub === sub ? account : { sub };
}
