import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FetchAPI } from 'graphql-yoga';
import { REQUESTED_WITH } from '../auth/session-cookie.ts';
import { allHeaders, type Exchange } from '../exchange.ts';
import { asksFor } from './accept.ts';
import type { HttpPlugin } from './http-context.ts';

/** The initial query: the viewer, a key, and its list. */
export const FIRST_DOCUMENT = `# After signing in with a link, requests are authenticated. Otherwise, add a credential under "Headers":
# { "Authorization": "Bearer <session token, operator token or API key>" }

# If you can access more than one organization, or use an operator token, name one in requests 2 and 3, for example
# createApiKey(input: { name: "My first key", organizationId: "org_…" }) and apiKeys(first: 10, organizationId: "org_…").

# 1. Who is the caller, and which organizations can it access?
query WhoAmI {
  viewer {
    actor {
      __typename
      ... on User { id email }
      ... on ApiKey { id name }
      ... on SystemActor { system: name }
    }
    organizations { nodes { id name keyPrefix } }
  }
}

# 2. Create a key. Copy its secret: you won't be able to see it again.
mutation CreateKey {
  createApiKey(input: { name: "My first key" }) {
    ... on CreateApiKeyPayload { secret apiKey { id start status permissions } }
    ... on Error { code message }
  }
}

# 3. List your keys.
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

/** Serves GraphiQL from this package, without requests to other hosts. */
export function useGraphiql(): HttpPlugin {
  return {
    onRequestParse: async ({ serverContext: { exchange }, fetchAPI, endResponse }) => {
      const { method, headers } = exchange.request;
      if (method === 'POST' || !asksFor(headers.accept, 'text/html')) return;
      page ??= createPage();
      endResponse(pageFor(await page, exchange, fetchAPI));
    },
  };
}

function pageFor(
  { html, compressed, headers, etag }: Page,
  exchange: Exchange,
  { Response }: FetchAPI,
): Response {
  const { headers: requestHeaders } = exchange.request;
  if (requestHeaders['if-none-match'] === etag)
    return new Response(null, { status: 304, headers: allHeaders(exchange, headers) });
  const isCompressed = /\bgzip\b/.test(String(requestHeaders['accept-encoding']));
  const body = isCompressed ? compressed : html;
  return new Response(new Uint8Array(body), {
    headers: allHeaders(exchange, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      ...headers,
      ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    }),
  });
}

async function createPage(): Promise<Page> {
  // Half a megabyte of text, which only users of GraphiQL need.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Keywright · GraphiQL',
    favicon: 'data:,',
    endpoint: '/graphql',
    credentials: 'same-origin',
    defaultQuery: FIRST_DOCUMENT,
    // The session cookie is accepted only with this header.
    additionalHeaders: { 'X-Requested-With': REQUESTED_WITH },
    shouldPersistHeaders: false,
  });
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  // Its editor creates workers from texts, and styles at run time.
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
      Vary: 'Accept, Accept-Encoding, Origin',
      ETag: etag,
    },
  };
}
