import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { buildSchema, lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { FIRST_DOCUMENT } from '../../src/http/graphql/graphiql.ts';
import { SIGN_IN_SCRIPT } from '../../src/http/sign-in/sign-in-script.ts';
import { makePerson, sessionOf } from '../sessions/people.ts';
import { serverOn } from '../support/server.ts';
import { eventually } from '../support/wait.ts';

const server = serverOn('sqlite');
const production = serverOn('sqlite', { config: { graphiql: false } });

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('/schema.graphql is the schema, for code generators', async () => {
  const response = await fetch(`${server().url}/schema.graphql`);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`);
  expect(buildSchema(text).getMutationType()?.getFields()).toHaveProperty('createApiKey');
});

describe('GraphiQL', () => {
  test('is where / leads to', async () => {
    const response = await fetch(`${server().url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/graphql']);
  });

  test('comes whole, runs under its own policy, and asks no other host for anything', async () => {
    const response = await fetch(`${server().url}/graphql`, { headers: BROWSER });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const html = await response.text();
    const markup = html.replace(/<(script|style)>[\s\S]*<\/\1>/g, '');
    expect(markup.length).toBeLessThan(1_000);
    expect(markup).not.toMatch(/https?:|(?:src|href)="(?!data:)/);
    expect(html.includes('"X-Requested-With":"keywright"')).toBe(true);
    expect(html.includes('mutation CreateKey')).toBe(true);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? [];
    expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    const etag = response.headers.get('etag') ?? '';
    const again = await fetch(`${server().url}/graphql`, { headers: { ...BROWSER, 'If-None-Match': etag } });
    expect(again.status).toBe(304);
  });

  test('begins with a document that the schema accepts', () => {
    expect(validate(schema, parse(FIRST_DOCUMENT))).toEqual([]);
  });

  test('begins with requests that work, or tell a user of two organizations what to add', async () => {
    const { services } = server();
    const one = await makePerson(services);
    const two = await makePerson(services, { email: one.email });
    const { token } = await sessionOf(services, two.userId);
    const send = async (operationName: string, document = FIRST_DOCUMENT) => {
      const response = await fetch(`${server().url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: document, operationName }),
      });
      return response.text();
    };
    const ids = [one.organizationId, two.organizationId];
    const known = await send('WhoAmI');
    expect(known).not.toContain('errors');
    for (const id of ids) expect(known).toContain(`"id":"${id}"`);
    const reason = 'organizationId: is required because you belong to more than one organization: ';
    for (const name of ['CreateKey', 'ListKeys']) {
      const answer = await send(name);
      for (const text of [reason, ...ids]) expect(answer).toContain(text);
    }
    const document = FIRST_DOCUMENT.replace(
      /^ .*(name: "My first key"|apiKeys\(first: 10)/gm,
      (text) => `${text}, organizationId: "${two.organizationId}"`,
    );
    expect(await send('CreateKey', document)).toContain('"secret":"kw_live_');
    expect(await send('ListKeys', document)).toContain('"name":"My first key"');
  });

  test('is for browsers: programs get JSON', async () => {
    const { status, headers } = await fetch(`${server().url}/graphql?query={__typename}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  test('can be switched off', async () => {
    const { url } = production();
    const response = await fetch(`${url}/graphql`, { headers: BROWSER });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/json; charset=utf-8',
    ]);
    const home = await fetch(`${url}/`, { redirect: 'manual' });
    expect([home.status, await home.text()]).toEqual([200, expect.stringContaining('/graphql')]);
  });
});

describe('the sign-in page', () => {
  test('has nothing inline and nothing from elsewhere, and says so', async () => {
    const response = await fetch(`${server().url}/sign-in`);
    const html = await response.text();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    const foreign = html.replace(`data-public-url="${server().url}"`, '');
    expect(foreign).not.toMatch(/<style|style=|<script>| on\w+=|https?:/);
    expect(html).toContain('<noscript>');
    for (const [path, type] of [
      ['/sign-in.js', 'text/javascript; charset=utf-8'],
      ['/sign-in.css', 'text/css; charset=utf-8'],
    ] as const) {
      expect(html).toContain(path);
      const { status, headers } = await fetch(server().url + path);
      expect([status, headers.get('content-type')]).toEqual([200, type]);
    }
  });

  test('asks before it uses the link, and then trades the token for the cookie and goes to /', async () => {
    const page = openPage('#token=abc', [LINK, NOBODY, signedIn('SignInPayload')]);
    await eventually(() => page.text('message') === 'Sign in as ada@example.com to Acme?');
    expect(page.requests.map(({ body }) => JSON.parse(body).query)).toEqual([
      expect.stringContaining('signInLink'),
      expect.stringContaining('viewer'),
    ]);
    expect(page.elements.actions.hidden).toBe(false);
    page.elements.action.click();
    await eventually(() => page.location.replaced === '/');
    const [asked, , used] = page.requests;
    expect(used).toMatchObject({ url: '/graphql', method: 'POST', credentials: 'same-origin' });
    expect(used?.headers).toMatchObject({ 'X-Requested-With': 'keywright' });
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({ variables: { token: 'abc' } });
    expect(JSON.parse(used?.body ?? '')).toMatchObject({ variables: { input: { token: 'abc' } } });
    // Not in the address bar, not in the history.
    expect(page.history).toEqual(['/sign-in']);
    for (const { body } of page.requests) expect(validate(schema, parse(JSON.parse(body).query))).toEqual([]);
  });

  test('says who is signed in now', async () => {
    const other = openPage('#token=abc', [LINK, somebody('bob@example.com')]);
    await eventually(() =>
      other.text('advice').includes('as bob@example.com. That session will be signed out'),
    );
    const same = openPage('#token=abc', [LINK, somebody('ada@example.com')]);
    await eventually(() => same.text('advice').includes('as ada@example.com already'));
    const plain = openPage('#token=abc', [link({ organizationName: null }), NOBODY]);
    await eventually(() => plain.text('message') === 'Sign in as ada@example.com?');
  });

  test('offers a link for a former member only to that person', async () => {
    const former = link({ needsSession: true });
    const nobody = openPage('#token=abc', [former, NOBODY]);
    await eventually(() => nobody.text('message') === 'Sign in as ada@example.com first.');
    expect(nobody.elements.actions.hidden).toBe(true);
    const person = openPage('#token=abc', [former, somebody('ada@example.com')]);
    await eventually(() => person.text('message') === 'Sign in as ada@example.com to Acme?');
  });

  test('opened at another address than PUBLIC_URL asks nothing of the server, and leads to the right one', () => {
    const page = openPage('#token=abc', [], { origin: 'http://localhost:4000' });
    expect(page.text('message')).toContain('http://127.0.0.1:4000');
    expect(page.requests).toEqual([]);
    page.elements.action.click();
    expect(page.location.replaced).toBe('http://127.0.0.1:4000/sign-in#token=abc');
  });

  test('tries again where the cookies of two sessions were in the way', async () => {
    const ambiguous = { status: 401, retryAfter: '0', body: { errors: [{ message: 'Two sessions' }] } };
    const page = openPage('#token=abc', [ambiguous, LINK, NOBODY]);
    await eventually(() => page.text('message').startsWith('Sign in as'));
    expect(page.requests).toHaveLength(3);
  });

  test('offers the OpenID provider where there is no link, or it does not work, and the server has one', async () => {
    const used = openPage('#token=abc', [NO_LINK], { hasProvider: true });
    // Not while the link is read.
    expect(used.elements.provider?.hidden).toBe(true);
    await eventually(() => used.text('message').includes('is no longer valid'));
    expect(used.elements.provider?.hidden).toBe(false);
    const empty = openPage('', [], { hasProvider: true });
    expect(empty.elements.provider?.hidden).toBe(false);
    expect(empty.text('message')).toBe('Sign in to continue.');
  });

  test('says what to do about a link that is used, a link without a token, and a server that is away', async () => {
    const used = openPage('#token=abc', [NO_LINK]);
    await eventually(() => used.text('message').includes('is no longer valid'));
    expect(used.text('advice')).toContain('keywright sign-in-link');
    expect(used.elements.actions.hidden).toBe(true);
    const again = openPage('#token=abc', [NO_LINK, somebody('ada@example.com')]);
    await eventually(() => again.text('action') === 'Continue as ada@example.com');
    expect([again.elements.actions.hidden, again.text('message')]).toEqual([
      false,
      'This link is no longer valid.',
    ]);
    again.elements.action.click();
    expect(again.location.replaced).toBe('/');
    const meanwhile = openPage('#token=abc', [LINK, NOBODY, signedIn('NotFoundError')]);
    await eventually(() => !meanwhile.elements.actions.hidden);
    meanwhile.elements.action.click();
    await eventually(() => meanwhile.text('message').includes('is no longer valid'));
    const empty = openPage('', []);
    expect(empty.text('message')).toContain('no token');
    const away = openPage('#token=abc', [null, LINK, NOBODY, null, signedIn('SignInPayload')]);
    await eventually(() => away.text('message').includes('did not respond'));
    away.elements.action.click();
    await eventually(() => away.text('message').startsWith('Sign in as'));
    away.elements.action.click();
    await eventually(() => away.text('message').includes('did not respond'));
    away.elements.action.click();
    await eventually(() => away.location.replaced === '/');
  });
});

interface Reply {
  readonly status: number;
  readonly retryAfter?: string;
  readonly body: unknown;
}

function link(facts: object = {}): Reply {
  const signInLink = {
    email: 'ada@example.com',
    organizationName: 'Acme',
    needsSession: false,
    ...facts,
  };
  return { status: 200, body: { data: { signInLink } } };
}

const LINK = link();
const NO_LINK: Reply = { status: 200, body: { data: { signInLink: null } } };
const NOBODY: Reply = { status: 401, body: { errors: [{ message: 'Authentication is required' }] } };

function somebody(email: string): Reply {
  return { status: 200, body: { data: { viewer: { actor: { email } } } } };
}

function signedIn(type: string): Reply {
  return { status: 200, body: { data: { signIn: { __typename: type } } } };
}

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly credentials: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Runs the page's script in as little of a browser as it needs; an answer of null is none. */
function openPage(
  hash: string,
  answers: (Reply | null)[],
  { hasProvider = false, origin = 'http://127.0.0.1:4000' } = {},
) {
  const element = () => {
    let clicked = () => {};
    return {
      textContent: '',
      className: '',
      hidden: true,
      addEventListener: (_type: string, listener: () => void) => {
        clicked = listener;
      },
      click: () => clicked(),
    };
  };
  const elements = {
    message: element(),
    advice: element(),
    actions: element(),
    action: element(),
    main: { ...element(), dataset: { publicUrl: 'http://127.0.0.1:4000' } },
    provider: hasProvider ? { ...element(), hidden: false } : null,
  };
  const requests: Sent[] = [];
  const visited: string[] = [];
  const location = {
    hash,
    origin,
    pathname: '/sign-in',
    replaced: '',
    replace: (path: string) => {
      location.replaced = path;
    },
  };
  runInNewContext(SIGN_IN_SCRIPT, {
    URL,
    URLSearchParams,
    addEventListener: () => {},
    location,
    history: { replaceState: (_state: unknown, _title: string, path: string) => visited.push(path) },
    document: {
      documentElement: { dataset: {} },
      getElementById: (id: keyof typeof elements) => elements[id],
    },
    fetch: async (url: string, init: Omit<Sent, 'url'>) => {
      requests.push({ url, ...init });
      const answer = answers.shift();
      if (!answer) throw new TypeError('Failed to fetch');
      const headers = new Headers(answer.retryAfter ? { 'Retry-After': answer.retryAfter } : {});
      return { status: answer.status, headers, json: async () => answer.body };
    },
  });
  const text = (id: keyof typeof elements) => elements[id]?.textContent ?? '';
  return { elements, requests, location, history: visited, text };
}
