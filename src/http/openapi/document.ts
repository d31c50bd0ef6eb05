import packageJson from '../../../package.json' with { type: 'json' };
import { introspectPath } from '../introspect/introspect-openapi.ts';
import { opsPaths } from '../ops/ops-openapi.ts';
import { verifyPath } from '../verify/verify-openapi.ts';
import { OTHERWISE, type Part, type PathItem, response } from './parts.ts';

/** The OpenAPI 3.1 document of the plain HTTP routes. `metricsType`: media type of /metrics, null without it. */
export function openApiDocument(publicUrl: string, metricsType: string | null): Part {
  const { version, license } = packageJson;
  return {
    openapi: '3.1.1',
    info: {
      title: 'Keywright',
      version,
      license: { name: license, identifier: license },
      description: 'The plain HTTP routes. The GraphQL API is described by `/schema.graphql`.',
    },
    servers: [{ url: publicUrl }],
    paths: {
      '/verify': verifyPath(),
      '/introspect': introspectPath(),
      ...opsPaths(metricsType),
      '/schema.graphql': cached('schema', 'The GraphQL schema', 'text/plain; charset=utf-8', {
        type: 'string',
      }),
      '/openapi.json': cached('openapi', 'This document', 'application/json', { type: 'object' }),
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, or another credential of Keywright',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        client: {
          type: 'http',
          scheme: 'basic',
          description: 'Any user name, and the credential as the password',
        },
      },
    },
  };
}

function cached(operationId: string, summary: string, mediaType: string, schema: Part): PathItem {
  const always = ['Cache-Control', 'ETag', 'X-Request-Id'] as const;
  const responses = {
    200: response(summary, schema, { always }, mediaType),
    304: response('The client has the current content', null, { always }),
    default: OTHERWISE,
  };
  const parameters = [
    {
      name: 'If-None-Match',
      in: 'header',
      description: 'ETag of the known content',
      schema: { type: 'string' },
    },
  ];
  return { get: { operationId, summary, security: [], parameters, responses } };
}
