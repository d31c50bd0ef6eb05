import type { VerifiableKey } from '../context.ts';

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
    key.roleName === null ? '' : encodeURIComponent(key.roleName),
    'X-Keywright-Permissions',
    key.permissions.join(),
    'X-Keywright-Teams',
    key.teamIds.join(),
    'X-Keywright-External-Id',
    key.externalId === null ? '' : encodeURIComponent(key.externalId),
    'Content-Length',
    '0',
    'Cache-Control',
    'no-store',
  ];
}
