import type { VerifiableKey } from '../../verification/services.ts';

/** Characters that need no encoding. */
const PLAIN = /^[\w.~-]*$/;

/** Many keys share one list of permissions. */
const lists = new WeakMap<readonly string[], string>();

/** Names of the identity headers. */
export const IDENTITY_HEADERS = [
  'Key-Id',
  'Organization-Id',
  'Environment',
  'Role',
  'Permissions',
  'Teams',
  'External-Id',
].map((name) => `X-Keywright-${name}`);

/**
 * Maximum size of the identity headers in total, bytes: names, values and separators. Buffers of gateways are limited.
 */
export const IDENTITY_BYTES_MAX = 8_192;

/** Their size if all are empty: a colon, a space and a line end each. */
const EMPTY_BYTES = IDENTITY_HEADERS.join(': \r\n').length + ': \r\n'.length;

/**
 * The identity of a key as headers of a 200 response, names and values alternating. Every header is always present,
 * empty without a value, so that a proxy that copies them overwrites headers forged by the client. Values written by
 * people are percent-encoded. Null if they would exceed IDENTITY_BYTES_MAX.
 */
export function identityHeaders(key: VerifiableKey): string[] | null {
  const values = [
    key.keyId,
    key.organizationId,
    key.environment,
    encoded(key.roleName),
    listed(key.permissions),
    key.teamIds.join(),
    encoded(key.externalId),
  ];
  let bytes = EMPTY_BYTES;
  for (const value of values) bytes += value.length;
  return bytes > IDENTITY_BYTES_MAX ? null : withNames(values);
}

/** Headers of a 200 response without a key: empty, so that they too overwrite headers forged by the client. */
export function noIdentityHeaders(): string[] {
  return withNames(IDENTITY_HEADERS.map(() => ''));
}

/** All values are ASCII. */
function withNames(values: readonly string[]): string[] {
  const headers: string[] = [];
  for (let index = 0; index < IDENTITY_HEADERS.length; index += 1)
    headers.push(IDENTITY_HEADERS[index] ?? '', values[index] ?? '');
  headers.push('Content-Length', '0', 'Cache-Control', 'no-store');
  return headers;
}

function encoded(text: string | null): string {
  if (text === null) return '';
  return PLAIN.test(text) ? text : encodeURIComponent(text);
}

function listed(permissions: readonly string[]): string {
  let text = lists.get(permissions);
  if (text === undefined) {
    text = permissions.join();
    lists.set(permissions, text);
  }
  return text;
}
