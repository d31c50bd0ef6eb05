import type { VerifiableKey } from '../../verification/services.ts';

/** What needs no encoding: most of what people write. */
const PLAIN = /^[\w.~-]*$/;

/** Most keys have the permissions of many others, as one and the same list. */
const lists = new WeakMap<readonly string[], string>();

const NAMES = ['Key-Id', 'Organization-Id', 'Environment', 'Role', 'Permissions', 'Teams', 'External-Id'].map(
  (name) => `X-Keywright-${name}`,
);

/**
 * Maximum size of the identity headers together, bytes: names, values and what separates them. Gateways
 * have buffers.
 */
export const IDENTITY_BYTES_MAX = 8_192;

/** What they take where all are empty: a colon, a space and a line end each. */
const EMPTY_BYTES = NAMES.join(': \r\n').length + ': \r\n'.length;

/**
 * Who a key is, as headers of an acceptance: names and values in turn. Every one is always there, empty if there is
 * nothing, so that a proxy that copies them overwrites what a client made up. What people wrote is percent-encoded.
 * Null if they would take more than IDENTITY_BYTES_MAX.
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

/** Headers of an acceptance without a key: empty, so that they too overwrite what a client made up. */
export function noIdentityHeaders(): string[] {
  return withNames(NAMES.map(() => ''));
}

/** All values are ASCII. */
function withNames(values: readonly string[]): string[] {
  const headers: string[] = [];
  for (let index = 0; index < NAMES.length; index += 1) headers.push(NAMES[index] ?? '', values[index] ?? '');
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
