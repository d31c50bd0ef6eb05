import { covers } from '../../viewer/permissions.ts';

/** A permission with its description in the catalog. */
export interface PermissionMeaning {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly builtIn: boolean;
}

/** Permissions with a common prefix. */
export interface PermissionGroup {
  /** Their common prefix. Empty: permissions without a dot. */
  readonly stem: string;
  readonly permissions: readonly PermissionMeaning[];
}

/** The catalog grouped by prefix, in its own order. */
export function groupsOf(catalogue: readonly PermissionMeaning[]): readonly PermissionGroup[] {
  const groups = new Map<string, PermissionMeaning[]>();
  for (const permission of catalogue) {
    const stem = permission.name.split('.').slice(0, -1).join('.');
    const group = groups.get(stem);
    if (group) group.push(permission);
    else groups.set(stem, [permission]);
  }
  return [...groups].map(([stem, permissions]) => ({ stem, permissions }));
}

/** The wildcard that covers a group, including future permissions. Null: none does. */
export function wildcardOf({ stem }: PermissionGroup): string | null {
  return stem === '' ? null : `${stem}.*`;
}

/** The chosen permissions that neither the catalog nor one of its wildcards contains. */
export function othersOf(
  chosen: readonly string[],
  catalogue: readonly PermissionMeaning[],
): readonly string[] {
  const known = new Set(['*', ...catalogue.map(({ name }) => name)]);
  for (const group of groupsOf(catalogue)) known.add(wildcardOf(group) ?? '*');
  return chosen.filter((permission) => !known.has(permission));
}

/** The permissions with this one added or removed. */
export function withChoice(
  chosen: readonly string[],
  permission: string,
  checked: boolean,
): readonly string[] {
  const others = chosen.filter((one) => one !== permission);
  return checked ? [...others, permission] : others;
}

/** The effective change for holders of the permissions, wildcards included. */
export function difference(
  before: readonly string[],
  after: readonly string[],
): { readonly gained: readonly string[]; readonly lost: readonly string[] } {
  return {
    gained: after.filter((permission) => !covers(before, permission)),
    lost: before.filter((permission) => !covers(after, permission)),
  };
}
