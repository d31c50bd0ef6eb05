import type { VerifiableKey } from '../context.ts';

/** What needs no encoding: most of what people write. */
const PLAIN = /^[\w.~-]*$/;

/** Most keys have the permissions of many others, as one and the same list. */
const lists = new WeakMap<readonly string[], string>();

/**
 * Who a key is, as headers of an acceptance: names and values in turn. Every one is always there, empty where there is
 * nothing, so that a proxy that copies them overwrites what a client made up. What people wrote is percent-encoded.
 */
export function identityHeaders(key: VerifiableKey): string[] {
  return [
    'X-Keywright-Key-Id',
    key.keyId,
    'X-Keywright-Organization-Id',
    key.organizationId,
    'X-Keywright-Environment',
    key.environment,
    'X-Keywright-Role',
    encoded(key.roleName),
    'X-Keywright-Permissions',
    listed(key.permissions),
    'X-Keywright-Teams',
    key.teamIds.join(),
    'X-Keywright-External-Id',
    encoded(key.externalId),
    'Content-Length',
    '0',
    'Cache-Control',
    'no-store',
  ];
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
