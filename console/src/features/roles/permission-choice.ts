import { covers } from '../../viewer/permissions.ts';

/** A permission as the catalogue explains it. */
export interface PermissionMeaning {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly builtIn: boolean;
}

/** Permissions with the same beginning. */
export interface PermissionGroup {
  /** What all of them begin with; empty: those without a dot. */
  readonly stem: string;
  readonly permissions: readonly PermissionMeaning[];
}

/** The catalogue by beginnings, in its own order. */
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

/** What covers all permissions of a group, those to come included; null: nothing does. */
export function wildcardOf({ stem }: PermissionGroup): string | null {
  return stem === '' ? null : `${stem}.*`;
}

/** Those of the chosen that the catalogue doesn't name, nor any of its wildcards. */
export function othersOf(
  chosen: readonly string[],
  catalogue: readonly PermissionMeaning[],
): readonly string[] {
  const known = new Set(['*', ...catalogue.map(({ name }) => name)]);
  for (const group of groupsOf(catalogue)) known.add(wildcardOf(group) ?? '*');
  return chosen.filter((permission) => !known.has(permission));
}

/** The permissions with one more, or without it. */
export function withChoice(
  chosen: readonly string[],
  permission: string,
  checked: boolean,
): readonly string[] {
  const others = chosen.filter((one) => one !== permission);
  return checked ? [...others, permission] : others;
}

/** What changes for whoever has the permissions: in effect, wildcards counted. */
export function difference(
  before: readonly string[],
  after: readonly string[],
): { readonly gained: readonly string[]; readonly lost: readonly string[] } {
  return {
    gained: after.filter((permission) => !covers(before, permission)),
    lost: before.filter((permission) => !covers(after, permission)),
  };
}
