import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import {
  KeyChangesDocument,
  type KeyChangesSubscription,
  KeyUsesDocument,
  type KeyUsesSubscription,
  LiveKeysDocument,
} from '../generated/graphql.ts';
import { keywright } from '../verify-in-code/keywright.ts';

// A terminal dashboard that prints a line when a key changes or is used. After a server restart, it resumes changes after
// the last cursor, and uses from the time of the last one.
const { KEYWRIGHT_URL = 'http://127.0.0.1:4000', KEYWRIGHT_TOKEN = '' } = process.env;

interface Key {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly lastUsedAt: string | null;
}

const client = createClient({
  url: `${KEYWRIGHT_URL.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${KEYWRIGHT_TOKEN}` },
  // The loop below reconnects with the latest cursor.
  retryAttempts: 0,
});

function show(key: Key, what: string): void {
  console.log(`${key.id}  ${key.name}  ${key.status}  last used ${key.lastUsedAt ?? 'never'}  ${what}`);
}

/** Follows a subscription indefinitely. Calls `variables` for each connection. */
async function follow<Result>(
  query: string,
  variables: () => Record<string, unknown>,
  next: (data: Result) => void,
) {
  for (;;) {
    try {
      const results = client.iterate<Result>({ query, variables: variables() });
      for await (const { data, errors } of results) {
        if (errors) throw errors[0];
        if (data) next(data);
      }
    } catch (error) {
      if (error instanceof Object && 'code' in error && error.code === 4401)
        throw new Error('The credential is not valid');
      if (JSON.stringify(error).includes('CURSOR_EXPIRED')) {
        cursor = null;
        console.log('Disconnected for longer than changes are kept. Only new changes are shown');
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

let cursor: string | null = null;
let since = new Date().toISOString();
const changes = follow<KeyChangesSubscription>(
  KeyChangesDocument.toString(),
  () => ({ after: cursor }),
  ({ apiKeyChanged }) => {
    cursor = apiKeyChanged.cursor;
    show(apiKeyChanged.apiKey, apiKeyChanged.__typename);
  },
);
const uses = follow<KeyUsesSubscription>(
  KeyUsesDocument.toString(),
  () => ({ since }),
  ({ apiKeyUsed: { apiKey, count } }) => {
    since = apiKey.lastUsedAt ?? since;
    show(apiKey, `used ${count} times`);
  },
);
const { apiKeys } = await keywright(KEYWRIGHT_URL, KEYWRIGHT_TOKEN)(LiveKeysDocument, {});
for (const key of apiKeys?.nodes ?? []) show(key, 'found');
await Promise.all([changes, uses]);
