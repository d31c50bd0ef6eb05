import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../../src/core/config/config.ts';

const GROUP = {
  OIDC_ISSUER: 'https://accounts.google.com',
  OIDC_CLIENT_ID: 'client',
  OIDC_CLIENT_SECRET: 'hunter2',
};
const ADMITTING = {
  ...GROUP,
  OIDC_JIT: 'on',
  OIDC_ORGANIZATION: 'acme',
  OIDC_ALLOWED_EMAIL_DOMAINS: 'example.com',
};

function fault(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

describe('the OpenID provider in the configuration', () => {
  test('is none unless it is set', () => {
    expect(parseConfig({}).oidc).toBeNull();
  });

  test('is an issuer and a client; nobody is admitted who was not invited', () => {
    expect(parseConfig(GROUP).oidc).toEqual({
      issuer: 'https://accounts.google.com',
      clientId: 'client',
      clientSecret: 'hunter2',
      allowedEmailDomains: null,
      admission: null,
    });
  });

  test('admits newcomers of some domains to one organization, as members unless told otherwise', () => {
    const { oidc } = parseConfig({ ...ADMITTING, OIDC_ALLOWED_EMAIL_DOMAINS: 'Example.com, b.example.org' });
    expect(oidc?.allowedEmailDomains).toEqual(['example.com', 'b.example.org']);
    expect(oidc?.admission).toEqual({ organization: 'acme', role: 'member' });
    expect(parseConfig({ ...ADMITTING, OIDC_DEFAULT_ROLE: 'admin' }).oidc?.admission?.role).toBe('admin');
  });

  test('admits newcomers of all domains only where that is said', () => {
    expect(
      parseConfig({ ...ADMITTING, OIDC_ALLOWED_EMAIL_DOMAINS: '*' }).oidc?.allowedEmailDomains,
    ).toBeNull();
    const { OIDC_ALLOWED_EMAIL_DOMAINS: _, ...unsaid } = ADMITTING;
    expect(fault(unsaid)).toMatch(/^OIDC_ALLOWED_EMAIL_DOMAINS must be set/);
  });

  test.each(Object.keys(GROUP))(
    'stops the start where %s alone is missing, in one line that names it',
    (name) => {
      const message = fault(Object.fromEntries(Object.entries(GROUP).filter(([other]) => other !== name)));
      expect(message).toMatch(new RegExp(`^${name} must be set`));
      expect(message).not.toMatch(/\n|hunter2/);
    },
  );

  test.each(Object.keys(ADMITTING))('stops the start where %s is set alone', (name) => {
    expect(fault({ [name]: ADMITTING[name as keyof typeof ADMITTING] })).toMatch(/OIDC_.*must be set/);
  });

  test.each([
    ['OIDC_ISSUER', 'accounts.google.com'],
    ['OIDC_ISSUER', 'ftp://accounts.google.com'],
    ['OIDC_ISSUER', 'https://user:password@accounts.google.com'],
    ['OIDC_ISSUER', 'https://accounts.google.com/?a=b'],
    ['OIDC_ISSUER', 'https://accounts.google.com/#a'],
    ['OIDC_ISSUER', 'https://accounts.google.com/.well-known/openid-configuration'],
    ['OIDC_ISSUER', 'http://accounts.google.com'],
    ['OIDC_ISSUER', 'http://127.0.0.1.example.com'],
    ['OIDC_ISSUER', 'http://localhost.example.com'],
    ['OIDC_ISSUER', 'http://10.0.0.1'],
    ['OIDC_ALLOWED_EMAIL_DOMAINS', 'example.com,'],
    ['OIDC_ALLOWED_EMAIL_DOMAINS', '@example.com'],
    ['OIDC_ALLOWED_EMAIL_DOMAINS', '*.example.com'],
    ['OIDC_JIT', 'maybe'],
    ['OIDC_DANGEROUSLY_ALLOW_HTTP', 'maybe'],
    ['OIDC_DEFAULT_ROLE', 'owner'],
    ['OIDC_DEFAULT_ROLE', ' Owner'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(fault({ ...ADMITTING, [name]: value })).toMatch(new RegExp(`^${name} `));
  });

  test.each(['http://localhost:8080/realms/a', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'takes %s, which is on this machine',
    (issuer) => {
      expect(parseConfig({ ...GROUP, OIDC_ISSUER: issuer }).oidc?.issuer).toBe(issuer);
    },
  );

  test('takes another http issuer only by an option that says what it is', () => {
    const env = { ...GROUP, OIDC_ISSUER: 'http://id.internal', OIDC_DANGEROUSLY_ALLOW_HTTP: 'on' };
    expect(parseConfig(env).oidc?.issuer).toBe('http://id.internal');
  });

  test('says that what is set for newcomers does nothing, unless they are kept out on purpose', () => {
    const { OIDC_JIT: _, ...forgotten } = ADMITTING;
    expect(fault(forgotten)).toMatch(/^OIDC_ORGANIZATION and OIDC_DEFAULT_ROLE have no effect/);
    expect(parseConfig({ ...forgotten, OIDC_JIT: 'off' }).oidc?.admission).toBeNull();
    const { OIDC_ORGANIZATION: __, ...nowhere } = ADMITTING;
    expect(fault(nowhere)).toMatch(/^OIDC_ORGANIZATION must be set/);
  });
});
