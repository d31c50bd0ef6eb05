/** The media types of a GraphQL answer. The second, newer one says with its status whether the request was valid. */
export const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/**
 * The media type to answer in (RFC 9110, 12.5.1; GraphQL over HTTP), or null if none is acceptable: of those named the
 * most welcome, the newer one where both are; else, where a wildcard or no header leaves the choice, JSON.
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
  // What it does not spell it does not ask for: most requests need not be taken apart.
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
      // Every answer is UTF-8.
      if (name === 'charset' && value.replaceAll('"', '') !== 'utf-8') quality = 0;
    }
    found.set(type, Math.max(found.get(type) ?? 0, quality));
  }
  return found;
}
