import type { GraphQLFormattedError } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { type Client, createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { encodeCursor } from '../../src/realtime/cursor.ts';
import { startBehindProxy } from '../support/behind-proxy.ts';
import { makeApiKey, makeMember, makeOperatorToken, type TestServer } from '../support/server.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { eventually } from '../support/wait.ts';

const MANAGES = ['api.key.view', 'api.key.create', 'api.key.update', 'api.key.delete', 'api.key.verify'];
const UNKNOWN_OUTCOME = 'check whether it took effect';

/** How a request ended. */
interface Ending {
  readonly status: number | string;
  readonly retryAfter: number;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

type ShownError = Pick<GraphQLFormattedError, 'message' | 'extensions'>;

interface World {
  readonly server: TestServer;
  readonly proxy: TcpProxy;
  readonly tokens: { readonly session: string; readonly key: string; readonly operator: string };
  readonly organizationId: string;
  readonly target: { readonly id: string; readonly secret: string };
}

/** A server whose way to the database can be cut, and one of each kind of caller. */
async function newWorld(): Promise<World> {
  const { proxy, server } = await startBehindProxy();
  const { organizationId, sessionToken: session } = await makeMember(server);
  const { secret: key } = await makeApiKey(server, organizationId, { grants: MANAGES });
  const target = await makeApiKey(server, organizationId);
  const operator = await makeOperatorToken(server, 'outage');
  return { server, proxy, tokens: { session, key, operator }, organizationId, target };
}

async function post(
  { server }: World,
  query: string,
  {
    token,
    variables = {},
    accept = 'application/json',
  }: { token?: string; variables?: object; accept?: string } = {},
): Promise<Ending> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: accept,
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const { errors = [] } = isStream ? {} : await response.json();
  if (isStream) await response.body?.cancel();
  return endingOf(response.status, errors, response.headers.get('retry-after'));
}

function endingOf(
  status: number | string,
  errors: readonly ShownError[],
  retryAfter: string | null = null,
): Ending {
  return {
    status,
    retryAfter: Number(retryAfter ?? errors[0]?.extensions?.retryAfterSeconds ?? 0),
    codes: errors.map(({ extensions }) => String(extensions?.code)),
    messages: errors.map(({ message }) => message),
  };
}

function overSocket(
  { server }: World,
  token: string,
  query: string,
  client: Client = clientOf(server, token),
): Promise<Ending> {
  return new Promise((resolve) => {
    const unsubscribe = client.subscribe(
      { query },
      {
        next: ({ errors = [] }) => {
          resolve(endingOf('next', errors));
          unsubscribe();
        },
        error: (error) =>
          resolve(
            Array.isArray(error)
              ? endingOf('error', error)
              : endingOf(`close ${(error as CloseEvent).code}`, [], '1'),
          ),
        complete: () => resolve(endingOf('complete', [])),
      },
    );
    // A subscription without events has begun when the server has answered what came after it.
    client.on('pong', () => resolve(endingOf('next', [])));
  });
}

function clientOf({ url }: { url: string }, token: string): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    keepAlive: 1_000,
  });
  onTestFinished(() => void client.dispose());
  return client;
}

/** Resumes a subscription as graphql-sse does, after the first change of the organization, so that another one is sent. */
function resumedStream({ server, tokens, organizationId }: World): Promise<Ending> {
  const client = createSseClient({
    url: `${server.url}/graphql`,
    headers: { Authorization: `Bearer ${tokens.session}` },
    retryAttempts: 0,
  });
  onTestFinished(() => client.dispose());
  return new Promise((resolve) => {
    const leave = client.subscribe<Record<string, unknown>>(
      {
        query: 'subscription ($after: String) { apiKeyChanged(after: $after) { __typename } }',
        variables: { after: encodeCursor(organizationId, 1) },
      },
      {
        next: ({ errors = [] }) => {
          // The client subscribes again by itself where the stream ends without `complete`.
          resolve(endingOf(errors.length > 0 ? 'ended for good' : 'next', errors, '1'));
          leave();
        },
        error: (error) => {
          const { response } = error as { response?: Response };
          const isAnswered = response !== undefined && response.status !== 200;
          resolve(endingOf(isAnswered ? response.status : 'close of the stream', [], '1'));
        },
        complete: () => resolve(endingOf('complete', [])),
      },
    );
  });
}

/** A stream that waits for the change log stays open, and goes on once the database is back. */
const RESUMED = 'an event stream that resumes';

const LIST =
  '{ apiKeys(first: 5, filter: { search: "key" }) { totalCount nodes { id usage(granularity: DAY) { verified } lastUsedAt } } }';
const CREATE = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename } }';

type Door = (world: World) => Promise<Ending>;

const DOORS: Readonly<Record<string, Door>> = {
  'a list for a session': (world) => post(world, LIST, { token: world.tokens.session }),
  'an object for an operator token': (world) =>
    post(
      world,
      `{ organization(id: "${world.organizationId}") { name keySummary { active unused } auditLog { nodes { id } } } }`,
      {
        token: world.tokens.operator,
      },
    ),
  'a change by an API key': (world) =>
    post(world, CREATE, { token: world.tokens.key, variables: { input: { name: 'x' } } }),
  'a rotation by an operator token': (world) =>
    post(world, `mutation { rotateApiKey(input: { id: "${world.target.id}" }) { __typename } }`, {
      token: world.tokens.operator,
    }),
  'a verification over GraphQL': (world) =>
    post(world, 'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { valid } }', {
      token: world.tokens.key,
      variables: { input: { key: world.target.secret } },
    }),
  'a sign-in': (world) =>
    post(world, `mutation { signIn(input: { token: "${'A'.repeat(43)}" }) { __typename } }`),
  'a WebSocket of an API key': (world) => overSocket(world, world.tokens.key, LIST),
  'a WebSocket of an operator token': (world) =>
    overSocket(world, world.tokens.operator, '{ viewer { actor { __typename } } }'),
  'a subscription on a WebSocket': (world) =>
    overSocket(world, world.tokens.session, 'subscription { apiKeyChanged { __typename } }'),
  'an event stream': (world) =>
    post(world, 'subscription { apiKeyChanged { __typename } }', {
      token: world.tokens.session,
      accept: 'text/event-stream',
    }),
  [RESUMED]: resumedStream,
};

const PACKETS_MAX = 60;

/** How a request may end while the database is away. */
const ENDINGS = ['503', '200', 'error', 'next', 'close 1013', 'close of the stream'];

describe('a connection to the database that is cut at any statement', () => {
  test.each(Object.keys(DOORS))('fails %s as UNAVAILABLE', async (name) => {
    const world = await newWorld();
    const door = DOORS[name] as Door;
    const keys = async () => {
      const { count } = await world.server.services.db
        .selectFrom('api_key_secrets')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return count;
    };
    let failures = 0;
    let before = await keys();
    for (let packets = 1; packets <= PACKETS_MAX; packets += 1) {
      world.proxy.cutAfter(packets, name === RESUMED ? 2 : undefined);
      const { status, retryAfter, codes, messages } = await door(world);
      world.proxy.mend();
      const failed = codes.length > 0 || String(status).startsWith('close') || Number(status) >= 500;
      if (failed) {
        failures += 1;
        expect(ENDINGS, `after ${packets}: ${messages}`).toContain(String(status));
        expect(
          codes.filter((code) => code !== 'UNAVAILABLE'),
          messages.join(),
        ).toEqual([]);
        expect(retryAfter).toBeGreaterThanOrEqual(1);
      }
      const after = await eventually(keys);
      if (failed && after !== before) expect(messages.join()).toContain(UNKNOWN_OUTCOME);
      before = after;
      if (!failed && packets > 5) break;
    }
    expect(failures).toBeGreaterThan(0);
    expect(world.server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
