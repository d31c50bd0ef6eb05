import { BUILT_IN_PERMISSIONS, isPermission, PERMISSION_MAX } from '../access/permissions.ts';
import type { IssueCode } from '../core/errors.ts';
import { DESCRIPTION_MAX, type Input } from '../core/input.ts';
import type { PermissionDefinition } from './organization.ts';

type Path = readonly string[];

/** Maximum number of custom permissions of an organization. */
const CATALOG_MAX = 500;

const FORM = `must be segments of a-z, 0-9, _ and - joined by dots, optionally with a last segment *, and at most ${PERMISSION_MAX} characters`;

const BUILT_IN: ReadonlySet<string> = new Set(Object.keys(BUILT_IN_PERMISSIONS));

/**
 * Checks the permissions of a key or role: each must be valid and, if the organization has custom permissions, be built
 * in, in the catalog, or a wildcard that covers one of these. The path of a fault ends with the index of the entry.
 */
export function checkPermissions(
  input: Input,
  path: Path,
  permissions: readonly string[],
  catalog: readonly PermissionDefinition[],
): void {
  const known = [...BUILT_IN, ...catalog.map((definition) => definition.name)];
  permissions.forEach((permission, index) => {
    const at = [...path, String(index)];
    if (!isPermission(permission)) input.fault(at, 'INVALID_FORMAT', FORM);
    else if (catalog.length > 0 && !isKnown(permission, known))
      input.fault(
        at,
        'UNKNOWN',
        `${permission} is neither a built-in permission nor in the organization's permission catalog`,
      );
  });
}

function isKnown(permission: string, known: readonly string[]): boolean {
  if (permission === '*') return true;
  if (!permission.endsWith('.*')) return known.includes(permission);
  const start = permission.slice(0, -1);
  return known.some((name) => name.startsWith(start));
}

/** Validates custom permissions, at most 500; null: none. */
export function readPermissionCatalog(
  input: Input,
  path: Path,
  provided: readonly { readonly name: string; readonly description?: string | null | undefined }[] | null,
): PermissionDefinition[] {
  if (!provided) return [];
  if (provided.length > CATALOG_MAX) {
    input.fault(path, 'TOO_MANY', `must have at most ${CATALOG_MAX} entries`);
    return [];
  }
  const seen = new Set<string>();
  return provided.map(({ name, description }, index) => {
    const at = [...path, String(index)];
    const fault = faultOf(name, seen);
    if (fault) input.fault([...at, 'name'], ...fault);
    seen.add(name);
    const text = input.text([...at, 'description'], description, DESCRIPTION_MAX, {
      multiline: true,
      use: 'text',
    });
    return { name, description: text };
  });
}

function faultOf(name: string, seen: ReadonlySet<string>): readonly [IssueCode, string] | null {
  if (!isPermission(name)) return ['INVALID_FORMAT', FORM];
  if (name.endsWith('*')) return ['INVALID_FORMAT', "can't be a wildcard"];
  if (BUILT_IN.has(name)) return ['RESERVED', `${name} is built in`];
  return seen.has(name) ? ['DUPLICATE', `${name} is listed twice`] : null;
}
