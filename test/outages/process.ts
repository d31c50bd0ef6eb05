import { createClient } from 'graphql-ws';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Child, finish, readyAt, start } from '../cli/run.ts';
import { type Answer, ask } from '../support/server.ts';

/** A server in a process of its own, and callers of every kind. */
export interface Process {
  readonly url: string;
  readonly child: Child;
  readonly organizationId: string;
  readonly session: string;
  readonly operator: string;
  /** An API key that manages others. */
  readonly manager: ApiKey;
  /** An API key that the server has verified, once. */
  readonly cached: ApiKey;
  /** API keys that it has never seen. */
  readonly unseen: ApiKey[];
}

interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

const MANAGES = ['api.key.view', 'api.key.create', 'api.key.verify'];

export const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id } } ... on Error { message } } }`;

export const CREATE_ONE = 'mutation { createApiKey(input: { name: "Late" }) { __typename } }';

/** Starts a server on a database. It is ended with the test at the latest. */
export async function startProcess(databaseUrl: string): Promise<Process> {
  const env = { DATABASE_URL: databaseUrl, LOG_LEVEL: 'info', PORT: '0', USAGE_FLUSH_MS: '100' };
  const account = ['--organization', 'Acme', '--email', 'ada@example.com', '--json'];
  const init = JSON.parse((await finish(start(env, 'init', ...account))).stdout);
  const made = await finish(start(env, 'operator-tokens', 'create', 'outage', '--json'));
  const { token: operator } = JSON.parse(made.stdout);
  const child = start(env, 'serve');
  const url = await readyAt(child);
  const { organizationId, sessionToken: session } = init;
  const create = async (grants: readonly string[] = []): Promise<ApiKey> => {
    const variables = { input: { name: 'A key', grants } };
    const { createApiKey } = (await ask({ url }, CREATE, { token: session, variables })).data;
    return { id: createApiKey.apiKey.id, secret: createApiKey.secret };
  };
  const [manager, cached] = [await create(MANAGES), await create()];
  const unseen = [await create(), await create(), await create()];
  expect(await verify({ url }, cached)).toBe(200);
  return { url, child, organizationId, session, operator, manager, cached, unseen };
}

/** The status with which `/verify` answers. */
export async function verify({ url }: Pick<Process, 'url'>, { secret }: ApiKey): Promise<number> {
  const response = await fetch(`${url}/verify`, { headers: { Authorization: `Bearer ${secret}` } });
  if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  return response.status;
}

/** What `/readyz` answers: its status, and the reason where there is one. */
export async function readiness({ url }: Pick<Process, 'url'>): Promise<[status: number, reason?: string]> {
  const response = await fetch(`${url}/readyz`);
  const { reason } = (await response.json()) as { reason?: string };
  return reason === undefined ? [response.status] : [response.status, reason];
}

/** Creates an API key as each kind of caller. */
export function changes({ url, session, operator, manager, organizationId }: Process): Promise<Answer[]> {
  const input = { name: 'Late' };
  return Promise.all([
    ask({ url }, CREATE, { token: session, variables: { input } }),
    ask({ url }, CREATE, { token: manager.secret, variables: { input } }),
    ask({ url }, CREATE, { token: operator, variables: { input: { ...input, organizationId } } }),
  ]);
}

/** Reads as each kind of caller. */
export function reads({ url, session, operator, manager, organizationId }: Process): Promise<Answer[]> {
  const list = (id = '') => `{ apiKeys(first: 5${id}) { nodes { id } } }`;
  return Promise.all([
    ask({ url }, list(), { token: session }),
    ask({ url }, list(), { token: manager.secret }),
    ask({ url }, list(`, organizationId: "${organizationId}"`), { token: operator }),
  ]);
}

/** Every answer is 503 with `Retry-After`, and names no cause that a client could not act on. */
export function expectUnavailable(answers: readonly Answer[]): void {
  for (const { status, headers, errors } of answers) {
    expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([503, ['UNAVAILABLE']]);
    expect(headers.get('retry-after')).toMatch(/^([1-9]|10)$/);
  }
}

/** One operation of graphql-ws on a socket of its own: `data`, the code of its error, or how the socket was closed. */
export function onNewSocket({ url }: Pick<Process, 'url'>, token: string, query: string): Promise<string> {
  const client = openSocket({ url }, token);
  return onSocket(client, query).finally(() => client.dispose());
}

export function openSocket({ url }: Pick<Process, 'url'>, token: string) {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    lazyCloseTimeout: 600_000,
  });
  onTestFinished(() => void client.dispose());
  return client;
}

export function onSocket(client: ReturnType<typeof openSocket>, query: string): Promise<string> {
  return new Promise((resolve) => {
    const codeOf = (errors: readonly { extensions?: { code?: unknown } }[] = []) =>
      errors[0] ? String(errors[0].extensions?.code) : 'data';
    client.subscribe(
      { query },
      {
        next: ({ errors }) => resolve(codeOf(errors as never)),
        error: (error) => resolve(Array.isArray(error) ? codeOf(error) : `${(error as CloseEvent).code}`),
        complete: () => resolve('complete'),
      },
    );
  });
}

/** Nothing in the log is a fault of the program, and nothing is a secret. */
export function expectSoundLog({ child, session, operator, manager, cached, unseen }: Process): void {
  const log = child.stderr();
  expect(log.split('\n').filter((line) => line.startsWith('{"level":50'))).toEqual([]);
  expect(log).not.toContain('cannot rollback');
  for (const { secret } of [manager, cached, ...unseen]) expect(log).not.toContain(secret);
  for (const token of [session, operator]) expect(log).not.toContain(token);
}
