/** A part of an OpenAPI 3.1 document, which is JSON. */
export type Part = Readonly<Record<string, unknown>>;

/** The OpenAPI description of a path: its operations by method. */
export type PathItem = Readonly<Record<string, Part>>;

/** Response headers, by name. */
const HEADERS = {
  'Accept-Post': 'The supported media type',
  Allow: 'Methods that the path supports',
  'Cache-Control': 'Whether the response may be cached',
  ETag: 'Identifies the content, for `If-None-Match`',
  RateLimit: 'Remaining quota and seconds until the reset (draft-ietf-httpapi-ratelimit-headers-10)',
  'RateLimit-Policy': 'Quota and window in seconds (draft-ietf-httpapi-ratelimit-headers-10)',
  'Retry-After': 'Seconds to wait before the next attempt',
  'WWW-Authenticate': 'Challenge (RFC 6750, RFC 7617)',
  'X-Keywright-Code': 'The code in the body, for gateways that can’t read it',
  'X-Request-Id': 'ID of the request, as in the log',
} as const;

type HeaderName = keyof typeof HEADERS;

/** Headers of a response, besides Content-Type and those of every response. */
interface ResponseHeaders {
  readonly always?: readonly HeaderName[];
  readonly sometimes?: readonly HeaderName[];
  /** Further headers that are always present, with their descriptions. */
  readonly own?: Readonly<Record<string, string>>;
}

/** A response with a JSON body of this schema, or without a body. */
export function response(
  description: string,
  schema: Part | null,
  headers: ResponseHeaders = {},
  mediaType = 'application/json',
): Part {
  const { always = [], sometimes = [], own = {} } = headers;
  return {
    description,
    headers: {
      ...Object.fromEntries(always.map((name) => [name, header(HEADERS[name], true)])),
      ...Object.fromEntries(sometimes.map((name) => [name, header(HEADERS[name], false)])),
      ...Object.fromEntries(Object.entries(own).map(([name, text]) => [name, header(text, true)])),
    },
    ...(schema && { content: { [mediaType]: { schema } } }),
  };
}

function header(description: string, required: boolean): Part {
  return { description, required, schema: { type: 'string' } };
}

/** An object with exactly these properties. */
export function object(properties: Readonly<Record<string, Part>>, optional: readonly string[] = []): Part {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** A string. */
export function text(description: string, further: Part = {}): Part {
  return { type: 'string', description, ...further };
}

/** The ID of an object of this type. */
export function id(type: string, description: string): Part {
  return text(description, { pattern: `^${type}_[0-7][0-9a-hjkmnp-tv-z]{25}$` });
}

/** A refusal outside /verify and /introspect. */
export const REFUSAL: Part = object(
  {
    code: text('Code of the error'),
    message: text('Human-readable explanation'),
    requestId: text('ID of the request, as in the log'),
  },
  ['requestId'],
);

/** The response to every other failure of a route. */
export const OTHERWISE = response('Unsupported method (405), or an unexpected error (500)', REFUSAL, {
  always: ['Cache-Control', 'X-Request-Id'],
  sometimes: ['Allow', 'Retry-After'],
});
