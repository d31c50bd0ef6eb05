import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonObject, rateLimit, seconds, time, timeOrAgo } from '../../src/cli/option-values.ts';
import { facts } from '../../src/cli/table.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { parseNetwork } from '../../src/core/ip.ts';
import { createLog } from '../../src/core/log.ts';
import { scrub } from '../../src/core/scrub.ts';
import { expectLinear, harmlessText, hostileTexts, WITHOUT_LIMITS } from '../support/hostile.ts';
import { openLiveSocket } from '../support/live-socket.ts';
import { makeMember, serverOn, type TestMember } from '../support/server.ts';

// What a client sends must cost no more than its length, whatever it is: see `expectLinear`.

/** Nearly a whole body, with the rest of the request in it. */
const BODY = 1_000_000;
/** Quadratic time takes seconds from here on. Doors that take less refuse what is longer, or are sent less. */
const TEXT = 200_000;
const DOCUMENT = 49_000;
const HEADER = 12_000;
const MESSAGE = 120_000;

const server = serverOn('sqlite', { config: WITHOUT_LIMITS });
let member: TestMember;
beforeAll(async () => {
  member = await makeMember(server());
});

async function post(body: unknown, token?: string): Promise<void> {
  const response = await fetch(`${server().url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  await response.arrayBuffer();
  expect(response.status).not.toBe(429);
}

/** Sends bytes that `fetch` would not. */
function get(path: string, headers: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(`${server().url}${path}`, { headers }, (answer) => {
      answer.resume().on('end', resolve);
    });
    asking.on('error', reject).end();
  });
}

/** Text as a header or an address may hold it. */
function visible(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '~');
}

const VERIFY = 'mutation ($i: VerifyApiKeyInput!) { verifyApiKey(input: $i) { valid } }';
const SIGN_IN = 'mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }';

describe('a body', () => {
  test.each<[string, (text: string) => unknown]>([
    ['a property name of an input', (text) => ({ query: VERIFY, variables: { i: { key: 'x', [text]: 1 } } })],
    [
      'a property name of a sign-in',
      (text) => ({ query: SIGN_IN, variables: { i: { token: 'x', [text]: 1 } } }),
    ],
    ['a value in the place of an object', (text) => ({ query: SIGN_IN, variables: { i: text } })],
    ['a name of a variable', (text) => ({ query: SIGN_IN, variables: { [text]: 1 } })],
    ['an operation name', (text) => ({ query: SIGN_IN, operationName: text })],
    ['extensions', (text) => ({ query: SIGN_IN, extensions: { [text]: text } })],
    ['a parameter that does not exist', (text) => ({ query: '{ __typename }', [text]: text })],
    ['a body that is not JSON', (text) => text],
    ['a body that ends in a string', (text) => `{"a":12345678901234567890,"b":"${text}`],
    ['a document', (text) => ({ query: text })],
  ])('with hostile text as %s', async (_what, body) => {
    await expectLinear((text) => post(body(text)), hostileTexts(TEXT));
  });

  test.each<[string, (count: number) => string]>([
    ['deep lists', (count) => `{"query":"{ a }","variables":{"a":${'['.repeat(count)}`],
    [
      'deep objects',
      (count) => `{"query":"{ a }","variables":${'{"a":'.repeat(count / 5)}1${'}'.repeat(count / 5)}}`,
    ],
    [
      'very many properties',
      (count) =>
        `{"query":"${VERIFY}","variables":{"i":{${Array.from({ length: count / 12 }, (_, n) => `"a${n}":1`).join()}}}}`,
    ],
    [
      'very many faults',
      (count) =>
        `{"query":"query ($x: [ID!]!) { nodes(ids: $x) { id } }","variables":{"x":[${'[],'.repeat(count / 3 - 50)}0]}}`,
    ],
    [
      'very many numbers, and one that would lose digits',
      (count) =>
        `{"query":"${SIGN_IN}","variables":{"i":[${'1234567890123456,'.repeat(count / 17)}12345678901234567890]}}`,
    ],
    ['very many digits', (count) => `{"query":"${SIGN_IN}","variables":{"i":${'1'.repeat(count)}}}`],
  ])('of %s', async (_what, body) => {
    const query = JSON.stringify(SIGN_IN);
    const harmless = `{"query":${query},"variables":{"i":{"token":"${harmlessText(BODY - 200)}"}}}`;
    await expectLinear(post, [body(BODY - 200)], harmless);
  });
});

describe('a document', () => {
  const pairs = (count: number, text: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => text(n)).join(' ');

  test.each<[string, (text: string) => string]>([
    ['a string', (text) => `{ node(id: ${JSON.stringify(text)}) { id } }`],
    ['a block string', (text) => `{ node(id: """${text.replaceAll('"', "'")}""") { id } }`],
    ['a comment', (text) => `{ nothing } #${text.replace(/[\n\r]/g, ' ')}`],
    ['a name', (text) => `{ ${text.replace(/\W/g, '_')} }`],
    ['text without a string', (text) => `{ node(id: ${text}) { id } }`],
  ])('with hostile text as %s', async (_what, document) => {
    const door = (text: string) => post({ query: document(text) });
    await expectLinear(door, hostileTexts(DOCUMENT / 3));
  });

  const cycle = (count: number, n: number) => `fragment F${n} on Query { ...F${(n + 1) % count} }`;
  test.each<[string, string]>([
    ['cycles of fragments', `{ ...F0 } ${pairs(150, (n) => cycle(150, n))}`],
    [
      'cycles of fragments below thousands of lines',
      `${'\n'.repeat(40_000)}{ ...F0 } ${pairs(150, (n) => cycle(150, n))}`,
    ],
    [
      'fragments that double',
      `{ viewer { ...F0 } } ${pairs(100, (n) => `fragment F${n} on Viewer { ...F${n + 1} ...F${n + 1} }`)}`,
    ],
    [
      'one field in very many fragments',
      `{ viewer { ${pairs(240, () => '... { actor { __typename } }')} } }`,
    ],
    ['very many variables', `query (${pairs(400, (n) => `$v${n}: ID`)}) { __typename }`],
    ['very many arguments', `{ apiKeys(${pairs(600, (n) => `a${n}: 1`)}) { totalCount } }`],
    ['one field of an object, very often', `{ node(id: { ${pairs(600, () => 'a: 1')} }) { id } }`],
    ['deep values', `{ node(id: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`],
    ['deep types', `query ($x: ${'['.repeat(900)}ID${']'.repeat(900)}) { __typename }`],
    ['deep fields', `${'{ viewer '.repeat(900)}${'}'.repeat(900)}`],
  ])('of %s', async (_what, query) => {
    const harmless = `{ __typename } # ${harmlessText(DOCUMENT - 20)}`;
    await expectLinear((text) => post({ query: text }), [query], harmless);
  });
});

describe('a form for /introspect', () => {
  const send = async (form: string, authorization?: string) => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(authorization !== undefined && { Authorization: authorization }),
    };
    const answer = await fetch(`${server().url}/introspect`, { method: 'POST', headers, body: form });
    await answer.arrayBuffer();
    expect(answer.status).not.toBe(429);
    expect(answer.status).toBeLessThan(500);
  };

  test.each<[string, (text: string) => string]>([
    ['text', (text) => text],
    ['the token', (text) => `token=${text}`],
    ['the address', (text) => `token=x&ip=${text}`],
    ['a name', (text) => `token=x&${text}=x`],
    [
      'very many parameters',
      (text) => `token=x&${[...text].map((_, n) => n).join('&')}`.slice(0, text.length),
    ],
  ])('with hostile text as %s', async (_what, form) => {
    const authorization = `Bearer ${member.sessionToken}`;
    await expectLinear((text) => send(form(text).slice(0, HEADER), authorization), hostileTexts(HEADER / 4));
  });

  test.each<[string, (text: string) => string]>([
    ['its credentials', (text) => Buffer.from(text).toString('base64')],
    ['its client secret', (text) => Buffer.from(`id:${text}`).toString('base64')],
    ['its base64', (text) => visible(text)],
  ])('with hostile text in HTTP Basic as %s', async (_what, credentials) => {
    await expectLinear((text) => send('token=x', `Basic ${credentials(text)}`), hostileTexts(HEADER / 4));
  });
});

describe('addresses and headers', () => {
  test.each<[string, (text: string) => string]>([
    ['/graphql?query=', (text) => `/graphql?${new URLSearchParams({ query: text })}`],
    ['/graphql?variables=', (text) => `/graphql?${new URLSearchParams({ query: '{a}', variables: text })}`],
    ['/graphql?…', (text) => `/graphql?${text}`],
    ['/verify?…', (text) => `/verify?${text}`],
    ['/verify?permission=…', (text) => `/verify?permission=${text}`],
    ['/verify?team=…', (text) => `/verify?team=${text}&organization=${text.slice(0, 1_000)}`],
    ['/sign-in?…', (text) => `/sign-in?${text}`],
    ['another path', (text) => `/${text}`],
  ])('%s', async (_where, address) => {
    const path = (text: string) =>
      visible(address(text)).replaceAll(' ', '+').replaceAll('#', '%23').slice(0, HEADER);
    await expectLinear((text) => get(path(text)), hostileTexts(HEADER));
  });

  const HEADERS = [
    'authorization',
    'x-api-key',
    'cookie',
    'accept',
    'accept-encoding',
    'content-type',
    'user-agent',
    'origin',
  ];
  const OTHERS = [
    'x-forwarded-for',
    'if-none-match',
    'last-event-id',
    'x-requested-with',
    'content-encoding',
    'x-request-id',
  ];
  test.each([...HEADERS, ...OTHERS])('%s', async (name) => {
    const values = (text: string) =>
      ['', 'Bearer ', 'keywright_session='].map((start) => ({ [name]: `${start}${visible(text)}`.trim() }));
    const door = async (text: string) => {
      for (const headers of values(text))
        for (const path of ['/graphql?query={viewer{__typename}}', '/verify', '/sign-in'])
          await get(path, headers);
    };
    await expectLinear(door, hostileTexts(HEADER));
  });
});

describe('a WebSocket', () => {
  /** Resolves when the server has read the message: it answers, or closes. */
  async function say(message: string, before: readonly object[] = []): Promise<void> {
    const socket = await openLiveSocket(server());
    for (const first of before) socket.send(first);
    socket.send(message);
    socket.send('the end');
    await socket.closed;
  }

  test.each<[string, (text: string) => unknown]>([
    [
      'connection_init',
      (text) => ({
        type: 'connection_init',
        payload: { authorization: `Bearer ${text}`, 'x-api-key': text },
      }),
    ],
    ['the names in connection_init', (text) => ({ type: 'connection_init', payload: { [text]: text } })],
    ['a type', (text) => ({ type: text })],
    ['a ping', (text) => ({ type: 'ping', payload: { [text]: text } })],
    ['what is not JSON', (text) => text],
  ])('%s', async (_what, message) => {
    const door = (text: string) =>
      say(typeof message(text) === 'string' ? text : JSON.stringify(message(text)));
    await expectLinear(door, hostileTexts(MESSAGE / 8));
  });

  test.each<[string, (text: string) => unknown]>([
    ['an id', (id) => ({ type: 'subscribe', id, payload: { query: '{ a }' } })],
    ['a document', (query) => ({ type: 'subscribe', id: '1', payload: { query } })],
    ['variables', (i) => ({ type: 'subscribe', id: '1', payload: { query: VERIFY, variables: { i } } })],
    [
      'property names',
      (text) => ({ type: 'subscribe', id: '1', payload: { query: VERIFY, variables: { i: { [text]: 1 } } } }),
    ],
    ['an id that has ended', (id) => ({ type: 'complete', id })],
  ])('%s of an operation', async (_what, message) => {
    const init = { type: 'connection_init', payload: { authorization: `Bearer ${member.sessionToken}` } };
    await expectLinear((text) => say(JSON.stringify(message(text)), [init]), hostileTexts(MESSAGE / 8));
  });
});

describe('what reads text', () => {
  const log = createLog('info', () => {});
  const quietly = (read: (text: string) => unknown) => (text: string) => {
    try {
      read(text);
    } catch {}
  };

  test.each<[string, (text: string) => unknown]>([
    ['scrub', scrub],
    ['a log line', (text) => log.error(text, { error: new Error(text, { cause: new Error(text) }) })],
    ['a log line of what was thrown', (text) => log.error('failed', { error: text })],
    ['--metadata', jsonObject],
    ['--rate-limit', rateLimit],
    ['--overlap', seconds],
    ['--expires-at', time],
    ['--since', timeOrAgo],
    ['a table', (text) => facts([['name', text]])],
    ['TRUSTED_PROXIES', parseNetwork],
    ['a configuration', (text) => parseConfig({ DATABASE_URL: text, PUBLIC_URL: text, KEY_PREFIX: text })],
  ])('%s', async (_what, read) => {
    await expectLinear(quietly(read), hostileTexts(TEXT));
  });
});
