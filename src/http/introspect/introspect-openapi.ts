import { id, OTHERWISE, object, type Part, type PathItem, response, text } from '../openapi/parts.ts';
import { requirementParameters } from '../verify/verify-openapi.ts';
import { FORM, FORM_MAX } from './introspect.ts';
import { OAUTH_ERRORS } from './oauth-error.ts';

const SECONDS: Part = { type: 'integer', description: 'Seconds since the epoch' };

const ACTIVE: Part = object(
  {
    active: { const: true },
    token_type: { const: 'Bearer' },
    scope: text('Permissions of the key, separated by spaces'),
    client_id: id('key', 'ID of the key'),
    sub: id('key', 'ID of the key'),
    iat: { ...SECONDS, description: 'When the secret was created, seconds since the epoch' },
    exp: { ...SECONDS, description: 'When the key or the secret expires, seconds since the epoch' },
    organization_id: id('org', 'ID of the organization'),
    environment: { type: 'string', enum: ['live', 'test'] },
    role: { type: ['string', 'null'], description: 'Name of the role' },
    teams: { type: 'array', items: id('team', 'ID of a team that the key is bound to') },
    external_id: { type: ['string', 'null'], description: 'External ID of the key' },
  },
  ['scope', 'exp'],
);

const FORM_BODY: Part = {
  type: 'object',
  properties: {
    token: text('The API key that the client presented'),
    token_type_hint: text('Ignored'),
    ip: text('The client’s address, without which a key with an IP allowlist is not active'),
    client_id: text('Any text'),
    client_secret: text('The credential of the caller, if it is not in a header'),
  },
  required: ['token'],
};

const ALWAYS = ['Cache-Control', 'X-Request-Id'] as const;
const LIMIT = ['RateLimit', 'RateLimit-Policy'] as const;

const FAILURES: Readonly<Record<number, readonly [string, Parameters<typeof response>[2]?]>> = {
  400: ['Invalid, repeated or misplaced parameters, or different credentials'],
  401: ['The credential of the caller is missing or invalid', { always: [...ALWAYS, 'WWW-Authenticate'] }],
  403: ['The caller lacks `api.key.verify`, or pages of this origin can’t use the credential'],
  413: [`The body is larger than ${FORM_MAX} bytes`],
  415: ['The media type, charset or encoding of the body is not supported'],
  429: ['A limit of the caller or of its address', { always: [...ALWAYS, 'Retry-After'], sometimes: LIMIT }],
  503: ['The service is unavailable', { always: [...ALWAYS, 'Retry-After'], sometimes: LIMIT }],
};

function failures(): Record<string, Part> {
  const statuses = new Set<number>(Object.values(OAUTH_ERRORS).flat());
  return Object.fromEntries(
    [...statuses].map((status) => {
      const names = Object.entries(OAUTH_ERRORS).filter(([, own]) => own.some((one) => one === status));
      const body = object({
        error: { type: 'string', enum: names.map(([name]) => name) },
        error_description: text('Human-readable explanation'),
      });
      const others = { always: ALWAYS, sometimes: ['WWW-Authenticate', 'Accept-Post', ...LIMIT] } as const;
      const [description = '', headers = others] = FAILURES[status] ?? [];
      return [status, response(description, body, headers)];
    }),
  );
}

/** OpenAPI description of /introspect. */
export function introspectPath(): PathItem {
  return {
    post: {
      operationId: 'introspect',
      summary: 'Verifies an API key on behalf of a gateway (RFC 7662)',
      description: 'Requires `api.key.verify`.',
      security: [{ client: [] }, { bearer: [] }, { apiKey: [] }, {}],
      parameters: requirementParameters(),
      requestBody: { required: true, content: { [FORM]: { schema: FORM_BODY } } },
      responses: {
        200: response(
          'The state of the API key. If it is not active, the response contains nothing else',
          { oneOf: [ACTIVE, object({ active: { const: false } })] },
          { always: ALWAYS, sometimes: LIMIT },
        ),
        ...failures(),
        default: OTHERWISE,
      },
    },
  };
}
