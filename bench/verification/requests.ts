/** The repeated request of a client: the same text, or with one secret after the other. */
export interface Requests {
  readonly before: string;
  readonly after: string;
  /** The secrets to insert in turn: the name of a list known to the client, and their number. */
  readonly secrets?: { readonly list: string; readonly count: number };
}

const HOST = 'Host: 127.0.0.1\r\n';

/** Requests like a gateway, for one key after the other. */
export function forwardAuth(list: string, count: number): Requests {
  return {
    before: `GET /verify HTTP/1.1\r\n${HOST}Authorization: Bearer `,
    after: '\r\n\r\n',
    secrets: { list, count },
  };
}

/** The same for a peer that reads the key from another header: one key. */
export function withApiKey(key: string): Requests {
  return { before: `GET / HTTP/1.1\r\n${HOST}X-API-Key: ${key}\r\n\r\n`, after: '' };
}

export type QueryName = 'typename' | 'verify' | 'list';

/** The GraphQL operations. */
export const QUERIES: Readonly<Record<QueryName, string>> = {
  typename: '{ __typename }',
  verify: `mutation Verify($key: String!, $ip: String) {
    verifyApiKey(input: { key: $key, ip: $ip }) { valid code message remaining }
  }`,
  list: `{ apiKeys(first: 100) { nodes {
    id name description environment status start externalId createdAt updatedAt lastUsedAt
    role { id name }
  } } }`,
};

/** A placeholder as long as a secret, so that the length of a body is known in advance. */
const SECRET_LENGTH = 'kw_live_'.length + 38;

/** GraphQL requests. The caller is an API key where required; `verifyApiKey` verifies one key after the other. */
export function graphql(name: QueryName, caller: string, list: string, count: number): Requests {
  const placeholder = '?'.repeat(SECRET_LENGTH);
  const variables = name === 'verify' ? { key: placeholder, ip: '127.0.0.1' } : undefined;
  const body = JSON.stringify({ query: QUERIES[name], variables });
  const authorization = name === 'typename' ? '' : `Authorization: Bearer ${caller}\r\n`;
  const head =
    `POST /graphql HTTP/1.1\r\n${HOST}${authorization}` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const [before = '', after = ''] = body.split(placeholder);
  return { before: head + before, after, ...(after && { secrets: { list, count } }) };
}
