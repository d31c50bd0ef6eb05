import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { REQUESTED_WITH } from '../auth/session-cookie.ts';
import { type Exchange, respond, writeHead } from '../exchange.ts';

/** What somebody sees first: who they are, a key, and the list that it is in. */
export const FIRST_DOCUMENT = `# Signed in by a link you need nothing else. Otherwise add a credential under "Headers":
# { "Authorization": "Bearer <session token, operator token or API key>" }

# 1. Who am I, and what is mine?
query WhoAmI {
  viewer {
    actor {
      __typename
      ... on User { id email }
      ... on ApiKey { id name }
      ... on SystemActor { system: name }
    }
    organizations { nodes { id name keyPrefix } }
    permissions
  }
}

# 2. Make a key. Copy the secret: it is shown once.
mutation CreateKey {
  createApiKey(input: { name: "My first key" }) {
    ... on CreateApiKeyPayload { secret apiKey { id start status permissions } }
    ... on Error { code message }
  }
}

# 3. See it in the list.
query ListKeys {
  apiKeys(first: 10) {
    totalCount
    nodes { id name start status environment createdAt lastUsedAt }
    pageInfo { hasNextPage endCursor }
  }
}
`;

interface Page {
  readonly html: Buffer;
  readonly compressed: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

let page: Promise<Page> | undefined;

/** Sends GraphiQL, which comes with this package and asks no other host for anything. */
export async function sendGraphiql(exchange: Exchange): Promise<void> {
  page ??= makePage();
  const { html, compressed, headers, etag } = await page;
  const { request, response } = exchange;
  if (request.headers['if-none-match'] === etag) {
    writeHead(exchange, 304, headers);
    response.end();
  } else if (/\bgzip\b/.test(String(request.headers['accept-encoding']))) {
    respond(exchange, 200, 'text/html; charset=utf-8', compressed, {
      ...headers,
      'Content-Encoding': 'gzip',
    });
  } else respond(exchange, 200, 'text/html; charset=utf-8', html, headers);
}

async function makePage(): Promise<Page> {
  const html = renderGraphiQL({
    title: 'Keywright · GraphiQL',
    favicon: 'data:,',
    endpoint: '/graphql',
    credentials: 'same-origin',
    defaultQuery: FIRST_DOCUMENT,
    // What the session cookie is accepted with.
    additionalHeaders: { 'X-Requested-With': REQUESTED_WITH },
    shouldPersistHeaders: false,
  });
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  // Its editor makes workers out of texts, and styles while it runs.
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash(script)}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  const etag = `"${hash(html)}"`;
  return {
    html: Buffer.from(html),
    compressed: await promisify(gzip)(html),
    etag,
    headers: {
      'Content-Security-Policy': policy.join('; '),
      'Cache-Control': 'no-cache',
      Vary: 'Accept, Accept-Encoding',
      ETag: etag,
    },
  };
}
