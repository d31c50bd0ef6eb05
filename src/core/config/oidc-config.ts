import { parseBoolean, type ReadVariable } from './setting.ts';

/** Settings of sign-in with OpenID Connect, validated. docs/sign-in.md explains them. */
export interface OidcConfig {
  /** As the provider sends it in `iss`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** In lower case. Null: any. */
  readonly allowedEmailDomains: readonly string[] | null;
  /** Organization and role of people without an invitation. Null: they can't sign in. */
  readonly admission: OidcAdmission | null;
}

/** Just-in-time membership. */
export interface OidcAdmission {
  /** Slug or id. */
  readonly organization: string;
  /** Name or id of one of its roles. */
  readonly role: string;
}

const REQUIRED = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;

/** Reads the variables of the group. Null if none is set. `fault` records what is missing. */
export function readOidc(
  env: Readonly<Record<string, string>>,
  read: ReadVariable,
  fault: (message: string) => void,
): OidcConfig | null {
  if (!Object.keys(env).some((name) => name.startsWith('OIDC_'))) return null;
  const absent = REQUIRED.filter((name) => env[name] === undefined);
  if (absent.length > 0)
    fault(`${absent.join(', ')} must be set: the OIDC_ settings require all of ${REQUIRED.join(', ')}`);
  const allowHttp = read('OIDC_DANGEROUSLY_ALLOW_HTTP', false, parseBoolean);
  return {
    issuer: read('OIDC_ISSUER', '', issuer(allowHttp)),
    clientId: env.OIDC_CLIENT_ID ?? '',
    clientSecret: env.OIDC_CLIENT_SECRET ?? '',
    allowedEmailDomains: read<readonly string[] | null>('OIDC_ALLOWED_EMAIL_DOMAINS', null, emailDomains),
    admission: readAdmission(env, read, fault),
  };
}

function readAdmission(
  env: Readonly<Record<string, string>>,
  read: ReadVariable,
  fault: (message: string) => void,
): OidcAdmission | null {
  const { OIDC_ORGANIZATION: organization, OIDC_JIT: switched } = env;
  const role = read('OIDC_DEFAULT_ROLE', 'member', roleName);
  if (switched === undefined && (organization ?? env.OIDC_DEFAULT_ROLE) !== undefined)
    fault(
      'OIDC_ORGANIZATION and OIDC_DEFAULT_ROLE have no effect unless OIDC_JIT is set: set it to on or off',
    );
  if (!read('OIDC_JIT', false, parseBoolean)) return null;
  if (organization === undefined)
    fault('OIDC_ORGANIZATION must be set if OIDC_JIT is on: it names the organization that new users join');
  // Many providers have accounts for everyone, so admitting all of them must be explicit.
  if (env.OIDC_ALLOWED_EMAIL_DOMAINS === undefined)
    fault(
      'OIDC_ALLOWED_EMAIL_DOMAINS must be set if OIDC_JIT is on: domains whose users may join, or * for all users of the provider',
    );
  return { organization: organization ?? '', role };
}

function issuer(allowHttp: boolean): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const plain = url && !url.username && !url.password && !url.search && !url.hash;
    // Discovery appends the path, and compares the issuer only afterwards.
    if (!plain || !/^https?:$/.test(url.protocol) || url.pathname.includes('/.well-known/'))
      throw new Error(
        'must be the issuer exactly as the provider publishes it, such as https://accounts.google.com',
      );
    if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
      throw new Error(
        'must use https unless it is a loopback address: over http, anyone on the network path can sign in as any user',
      );
    return text;
  };
}

/** Whether the host of a URL is a loopback address. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function emailDomains(text: string): readonly string[] | null {
  if (text.trim() === '*') return null;
  return text.split(',').map((part) => {
    const domain = part.trim().toLowerCase();
    if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(domain)) return domain;
    throw new Error('must be a comma-separated list of domains such as example.com, or * for all');
  });
}

function roleName(text: string): string {
  if (text.trim().toLowerCase() !== 'owner') return text;
  throw new Error('must not be owner: every user of the provider would own the organization');
}
