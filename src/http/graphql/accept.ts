/** The media types of a GraphQL response. The status of the second, newer one tells whether the request was valid. */
export const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * The media type of the response (RFC 9110, 12.5.1; GraphQL over HTTP), or null if none is acceptable: the listed one
 * with the highest quality, the newer one if both are equal. With a wildcard or without the header: JSON.
 */
export function acceptedMediaType(accept: string | undefined): MediaType | null {
  if (accept === undefined || accept === '*/*') return 'application/json';
  const quality = qualities(accept);
  const wildcard = quality.get('application/*') ?? quality.get('*/*') ?? 0;
  const json = quality.get('application/json');
  const graphql = quality.get('application/graphql-response+json');
  if ((graphql ?? 0) > 0 && (graphql ?? 0) >= (json ?? 0)) return 'application/graphql-response+json';
  if ((json ?? wildcard) > 0) return 'application/json';
  return (graphql ?? wildcard) > 0 ? 'application/graphql-response+json' : null;
}

/** Whether the header names the type itself, not by a wildcard. */
export function asksFor(accept: string | undefined, type: string): boolean {
  // A header that doesn't contain the type's name doesn't accept it, so most headers need not be parsed.
  if (!accept?.toLowerCase().includes(type)) return false;
  return (qualities(accept).get(type) ?? 0) > 0;
}

function qualities(accept: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    let quality = 1;
    for (const parameter of parameters) {
      const [name, value = ''] = parameter.split('=');
      if (name === 'q') quality = Number(value) || 0;
      // Every response is UTF-8.
      if (name === 'charset' && value.replaceAll('"', '') !== 'utf-8') quality = 0;
    }
    found.set(type, Math.max(found.get(type) ?? 0, quality));
  }
  return found;
}
