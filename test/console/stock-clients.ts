import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';

// Runs in a page of another origin, with published clients as they come.

const QUERY = '{ viewer { actor { __typename ... on ApiKey { id } } } }';
const CHANGES = 'subscription { apiKeyChanged { __typename } }';
const CREATE = 'mutation { createApiKey(input: { name: "By a page" }) { __typename } }';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** What a page sees of a response; null: the browser tells it nothing. */
export async function byFetch(url: string, headers: Record<string, string>, init: RequestInit = {}) {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: CREATE }),
      ...init,
    });
    const { status } = response;
    const limit = response.headers.get('ratelimit-policy');
    const challenge = response.headers.get('www-authenticate');
    return { status, limit, challenge, body: await response.json() };
  } catch {
    return null;
  }
}

export async function byApollo(url: string, key: string): Promise<unknown> {
  const link = new HttpLink({ uri: `${url}/graphql`, headers: bearer(key) });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return (await client.query({ query: gql(QUERY) })).data;
}

export async function byUrql(url: string, key: string): Promise<unknown> {
  const fetchOptions = { headers: bearer(key) };
  const exchanges = [cacheExchange, fetchExchange];
  const client = new Client({ url: `${url}/graphql`, preferGetMethod: false, exchanges, fetchOptions });
  return (await client.query(QUERY, {}).toPromise()).data;
}

/** The first change that arrives while keys are created. */
export function bySse(url: string, key: string): Promise<unknown> {
  return firstChange(url, key, createSseClient({ url: `${url}/graphql`, headers: bearer(key) }));
}

export function byWebSocket(url: string, key: string): Promise<unknown> {
  const connectionParams = bearer(key);
  return firstChange(
    url,
    key,
    createWsClient({ url: `${url.replace('http', 'ws')}/graphql`, connectionParams }),
  );
}

interface Subscribing {
  subscribe(
    payload: { query: string },
    sink: { next(value: unknown): void; error(error: unknown): void; complete(): void },
  ): () => void;
}

function firstChange(url: string, key: string, client: Subscribing): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const creating = setInterval(() => byFetch(url, bearer(key)), 500);
    const settle = (finish: (value: unknown) => void) => (value: unknown) => {
      clearInterval(creating);
      finish(value);
    };
    const sink = { next: settle(resolve), error: settle(reject), complete() {} };
    client.subscribe({ query: CHANGES }, sink);
  });
}

/** Opens a socket with this payload, and tells when it is let in and how it is closed. */
export function openSocket(url: string, connectionParams: Record<string, string>) {
  const outcome: { acknowledged: boolean; code: number | null } = { acknowledged: false, code: null };
  createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError() {},
    on: {
      connected: () => {
        outcome.acknowledged = true;
      },
      closed: (event) => {
        outcome.code = (event as CloseEvent).code;
      },
    },
  });
  return outcome;
}
