import { describe, expect, test } from 'vitest';
import { serverOn } from '../../support/server.ts';
import { openConnection } from '../../support/sockets.ts';

// Yoga has routes of its own, which it finds by the whole address: with the query, and with a Host that the client chose.

const QUERY = 'query=%7B__typename%7D';

const REQUESTS: Readonly<Record<string, { readonly target: string; readonly host: string }>> = {
  'a query that ends like the health check': { target: `/graphql?${QUERY}&x=/health`, host: 'keywright' },
  'a query that ends like the endpoint': { target: `/graphql?${QUERY}&x=/graphql`, host: 'keywright' },
  'a host that is none': { target: `/graphql?${QUERY}`, host: '[' },
  'a host with a path': { target: `/graphql?${QUERY}`, host: 'keywright/health' },
  'a host with a query': { target: `/graphql?${QUERY}`, host: 'keywright/health?a=' },
  'a host with a fragment': { target: `/graphql?${QUERY}`, host: 'keywright/#' },
  'an empty host': { target: `/graphql?${QUERY}`, host: '' },
  'a whole address': { target: `http://keywright/graphql?${QUERY}&x=/health`, host: 'keywright' },
};

describe('the address of a GraphQL request', () => {
  const server = serverOn('sqlite');

  for (const [what, { target, host }] of Object.entries(REQUESTS))
    for (const method of ['GET', 'POST'])
      test(`${what} does not keep the ${method} request from GraphQL`, async () => {
        const connection = await openConnection(server().url);
        const body = method === 'POST' ? '{"query":"{__typename}"}' : '';
        const lines = [
          `${method} ${target} HTTP/1.1`,
          `Host: ${host}`,
          'Content-Type: application/json',
          `Content-Length: ${body.length}`,
          'Connection: close',
        ];
        connection.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
        const response = await connection.closed();
        expect(response).toMatch(/^HTTP\/1.1 200 OK\r\n/);
        expect(response.toLowerCase()).toContain('\r\nx-request-id: ');
        expect(response.toLowerCase()).toContain('\r\ncontent-length: ');
        expect(response).toContain('\r\n\r\n{"data":{"__typename":"Query"}}');
      });
});
