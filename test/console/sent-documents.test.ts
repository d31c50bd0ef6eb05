import { Client, fetchExchange, gql, subscriptionExchange } from 'urql';
import { expect, test } from 'vitest';
import { normalizedCache } from '../../console/src/api/cache.ts';
import { sentDocuments } from '../../console/src/api/sent-documents.ts';
import * as generated from '../../console/src/generated/graphql.ts';
import { schema } from '../../schema/index.ts';
import { loadTrustedDocuments } from '../../src/graphql/trusted-documents.ts';
import { manifestOf, writeManifests } from '../support/manifests.ts';
import { eventually } from '../support/wait.ts';

/** What the console's client sends for a document. */
async function textSentFor(text: string): Promise<string> {
  const sent: string[] = [];
  const client = new Client({
    url: 'http://console.invalid/graphql',
    preferGetMethod: false,
    // Without variables, the cache has all of a query whose fields are conditional.
    requestPolicy: 'network-only',
    fetch: async (_url, init) => {
      sent.push((JSON.parse(String(init?.body)) as { query: string }).query);
      return new Response('{"errors": []}', { headers: { 'Content-Type': 'application/json' } });
    },
    exchanges: [
      normalizedCache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '' }) => {
          sent.push(query);
          return { subscribe: () => ({ unsubscribe() {} }) };
        },
      }),
    ],
  });
  const kind = /^\s*(query|mutation|subscription)\b/.exec(text)?.[1] as 'query' | 'mutation' | 'subscription';
  const { unsubscribe } = client[kind](gql(text), {}).subscribe(() => {});
  await eventually(() => sent.length > 0);
  unsubscribe();
  return sent[0] ?? '';
}

test('the list of documents has what the console’s client sends for each of them', async () => {
  const operations = Object.values(generated)
    .filter((document) => document instanceof generated.TypedDocumentString)
    .filter(({ __meta__ }) => !__meta__?.fragmentName)
    .map((document) => document.toString());
  expect(operations.length).toBeGreaterThan(40);
  const listed = new Set(sentDocuments());
  for (const text of operations) {
    expect(listed.has(text), text).toBe(true);
    expect(listed.has(await textSentFor(text)), text).toBe(true);
  }
  // The schema has all that they select.
  const path = writeManifests({ 'console.json': manifestOf([...listed]) });
  loadTrustedDocuments({ trustedDocuments: path, trustedDocumentsOnly: false }, schema, () => []);
});
