import { OTHERWISE, object, type Part, type PathItem, response, text } from '../openapi/parts.ts';
import { READINESS_SCOPES } from './health.ts';

const JSON_HEADERS = { always: ['Cache-Control', 'X-Request-Id'] } as const;

/** OpenAPI descriptions of the health checks, and of /metrics if it exists. */
export function opsPaths(metricsType: string | null): Record<string, PathItem> {
  return {
    '/healthz': get('health', 'Whether the process runs', {
      200: response('The process runs', object({ status: { const: 'ok' } }), JSON_HEADERS),
    }),
    '/readyz': get(
      'readiness',
      'Whether the server is ready to handle requests',
      {
        200: response('The server is ready', object({ status: { const: 'ready' } }), JSON_HEADERS),
        503: response(
          'The server is not ready',
          object({ status: { const: 'unavailable' }, reason: text('The reason') }),
          JSON_HEADERS,
        ),
      },
      [
        {
          name: 'scope',
          in: 'query',
          description: 'With `verify`, the server needn’t be able to save changes',
          schema: { type: 'string', enum: READINESS_SCOPES, default: 'all' },
        },
      ],
    ),
    ...(metricsType !== null && {
      '/metrics': get('metrics', 'Metrics for Prometheus', {
        200: response('The metrics', { type: 'string' }, JSON_HEADERS, metricsType),
      }),
    }),
  };
}

function get(
  operationId: string,
  summary: string,
  responses: Part,
  parameters: readonly Part[] = [],
): PathItem {
  const all = { ...responses, default: OTHERWISE };
  return { get: { operationId, summary, security: [], parameters, responses: all } };
}
