import { id, object, type Part, type PathItem, response, text } from '../openapi/parts.ts';
import { IDENTITY_BYTES_MAX, IDENTITY_HEADERS } from './identity-headers.ts';
import { PERMISSIONS_MAX, REQUIREMENTS } from './verify-query.ts';
import { VERIFY_STATUS } from './verify-status.ts';

const SCHEMAS: Readonly<Record<string, readonly [description: string, schema: Part]>> = {
  permission: [
    'A permission that the key must have. Repeat the parameter to require several',
    { type: 'array', maxItems: PERMISSIONS_MAX, items: text('A permission') },
  ],
  any_permission: [
    'Permissions of which the key must have at least one',
    { type: 'array', maxItems: PERMISSIONS_MAX, items: text('A permission') },
  ],
  team: ['The key must be bound to this team or to no team', id('team', 'ID of a team')],
  environment: ['The key must belong to this environment', { type: 'string', enum: ['live', 'test'] }],
  organization: ['Keys of other organizations are unknown', id('org', 'ID of an organization')],
};

/** The requirements that a key must meet, in the URL of /verify and /introspect. */
export function requirementParameters(): Part[] {
  return REQUIREMENTS.map((name) => {
    const [description, schema] = SCHEMAS[name] ?? [name, {}];
    return { name, in: 'query', description, schema };
  });
}

const VERIFY_PARAMETERS: Part[] = [
  ...requirementParameters(),
  {
    name: 'preflight',
    in: 'query',
    description: 'Accepts CORS preflights (OPTIONS) without a key',
    schema: { type: 'string', enum: ['allow'] },
  },
  {
    name: 'uri',
    in: 'query',
    description: 'Ignored, together with everything after it',
    schema: { type: 'string' },
  },
];

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request contains invalid parameters or two different keys',
  401: 'There is no key, or it is not valid',
  403: `The key is not allowed, or its identity headers exceed ${IDENTITY_BYTES_MAX} bytes`,
  429: 'The key has reached its rate limit, or too many attempts from this address have failed',
  503: 'The key can’t be verified at the moment. It is not accepted',
};

const ALWAYS = ['Cache-Control', 'X-Keywright-Code'] as const;
const LIMIT = ['RateLimit', 'RateLimit-Policy'] as const;

const FAILURE_HEADERS: Readonly<Record<number, Parameters<typeof response>[2]>> = {
  400: { always: ALWAYS },
  401: { always: [...ALWAYS, 'WWW-Authenticate'] },
  403: { always: ALWAYS, sometimes: ['WWW-Authenticate', ...LIMIT] },
  429: { always: [...ALWAYS, 'Retry-After', ...LIMIT] },
  503: { always: [...ALWAYS, 'Retry-After'] },
};

function failures(): Record<string, Part> {
  const statuses = [...new Set(Object.values(VERIFY_STATUS))].filter(
    (status) => status !== VERIFY_STATUS.VALID,
  );
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = Object.entries(VERIFY_STATUS).flatMap(([code, own]) => (own === status ? [code] : []));
      const body = object({
        code: { type: 'string', enum: codes },
        message: text('Explanation for operators. Contains no part of the key'),
      });
      return [status, response(DESCRIPTIONS[status] ?? '', body, FAILURE_HEADERS[status])];
    }),
  );
}

/** OpenAPI description of /verify. */
export function verifyPath(): PathItem {
  return {
    get: {
      operationId: 'verify',
      summary: 'Verifies the API key of a request, for gateways',
      description:
        'Any method is accepted, and the body is not read. Send the key as a bearer token or as `X-API-Key`.',
      security: [{ bearer: [] }, { apiKey: [] }],
      parameters: VERIFY_PARAMETERS,
      responses: {
        [VERIFY_STATUS.VALID]: response(
          'The key is accepted. The headers identify it, and are empty without a value',
          null,
          {
            always: ['Cache-Control'],
            sometimes: LIMIT,
            own: Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, identityDescription(name)])),
          },
        ),
        ...failures(),
      },
    },
  };
}

function identityDescription(name: string): string {
  return `${name.replace('X-Keywright-', '').replaceAll('-', ' ')} of the key`;
}
