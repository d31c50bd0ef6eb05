import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import {
  KeyChangesDocument,
  type KeyChangesSubscription,
  KeyUsesDocument,
  type KeyUsesSubscription,
  LiveKeysDocument,
} from '../generated/graphql.ts';
import { exitWith, keywright } from '../verify-in-code/keywright.ts';

// A terminal dashboard that prints a line when a key changes or is used. After a server restart, it resumes changes after
// the last cursor, and uses from the time of the last one.
// KEYWRIGHT_ORGANIZATION is the ID of an organization. It is only required if the token gives access to several.
const { KEYWRIGHT_URL = 'http://127.0.0.1:4000', KEYWRIGHT_TOKEN = '' } = process.env;
const organizationId = process.env.KEYWRIGHT_ORGANIZATION ?? null;

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
  // By default, the client gives up after five attempts, or the first one that no server answers.
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** retries, 10_000))),
});

function show(key: Key, what: string): void {
  console.log(`${key.id}  ${key.name}  ${key.status}  last used ${key.lastUsedAt ?? 'never'}  ${what}`);
}

/** Follows a subscription until it fails. The client reads `variables` whenever it subscribes. */
function follow<Result>(
  query: string,
  variables: Record<string, unknown>,
  show: (data: Result) => void,
): Promise<never> {
  return new Promise((_, reject) => {
    const next = ({ data }: { data?: Result | null }) => {
      if (data) show(data);
    };
    const complete = () => reject(new Error('The subscription has ended'));
    client.subscribe<Result>({ query, variables }, { next, error: reject, complete });
  });
}

let cursor: string | null = null;
let since = new Date().toISOString();
async function followChanges(): Promise<never> {
  for (;;) {
    const variables = {
      organizationId,
      get after() {
        return cursor;
      },
    };
    await follow<KeyChangesSubscription>(KeyChangesDocument.toString(), variables, ({ apiKeyChanged }) => {
      cursor = apiKeyChanged.cursor;
      show(apiKeyChanged.apiKey, apiKeyChanged.__typename);
    }).catch((error: unknown) => {
      if (!JSON.stringify(error).includes('CURSOR_EXPIRED')) throw error;
      cursor = null;
      console.log('Disconnected for longer than changes are kept. Only new changes are shown');
    });
  }
}
const uses = follow<KeyUsesSubscription>(
  KeyUsesDocument.toString(),
  {
    organizationId,
    get since() {
      return since;
    },
  },
  ({ apiKeyUsed: { apiKey, count } }) => {
    since = apiKey.lastUsedAt ?? since;
    show(apiKey, `used ${count} times`);
  },
);
const changes = followChanges();
const found = keywright(KEYWRIGHT_URL, KEYWRIGHT_TOKEN)(LiveKeysDocument, { organizationId }).then(
  ({ apiKeys }) => {
    for (const key of apiKeys?.nodes ?? []) show(key, 'found');
  },
);
await Promise.all([found, changes, uses]).catch((error: unknown) => {
  const isClosed = error instanceof Object && 'code' in error && error.code === 4401;
  exitWith(isClosed ? new Error('The credential is not valid') : error);
});
