/** Maximum length of an origin, characters: scheme, a host name (RFC 1035, 2.3.4) and a port. */
const ORIGIN_MAX = 270;

/** A host name or bracketed IPv6 address, and optionally a port. */
const ORIGIN = /^https?:\/\/(?:\[[0-9a-f:.]+\]|[^\s/?#@\\:*%[\]]+)(?::\d{1,5})?$/iu;

export const ORIGIN_FORM = 'must be scheme://host or scheme://host:port, with http or https and no path or *';

/**
 * A web origin as browsers send it (RFC 6454, 6.2): in lower case, with Punycode, without the scheme's default port. Null if
 * the text is anything else, such as an address with a path, a pattern, or `null`.
 */
export function parseOrigin(text: string): string | null {
  if (text.length > ORIGIN_MAX || !ORIGIN.test(text) || !URL.canParse(text)) return null;
  const { origin, hostname } = new URL(text);
  return origin.length > ORIGIN_MAX || hostname.endsWith('.') ? null : origin;
}
