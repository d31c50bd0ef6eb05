import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { ForbiddenError } from '../core/errors.ts';
import { idType } from '../core/ids.ts';

/**
 * The keys that are visible to a caller in its organizations: null for all, otherwise only those bound to one of these
 * teams. Every read of keys, and of their data, on behalf of a caller takes a scope.
 */
export type KeyScope = readonly string[] | null;

/** For reads without a caller: limits of the whole organization, and Keywright's own tasks. */
export const ALL_KEYS: KeyScope = null;

/** A caller with a scope. Without a principal, no keys are visible. */
export interface Scoped {
  readonly principal: { readonly keyScope: KeyScope } | null;
}

/** The scope of a caller. */
export function keyScopeOf({ principal }: Scoped): KeyScope {
  return principal ? principal.keyScope : [];
}

/** Condition: the key whose id is in this column is in scope. Other ids match only in ALL_KEYS. */
export function isInScope(scope: KeyScope, column: string): RawBuilder<SqlBool> {
  if (!scope) return sql<SqlBool>`1 = 1`;
  if (scope.length === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`${sql.ref(column)} in
    (select api_key_id from api_key_teams where team_id in (${sql.join(scope)}))`;
}

/**
 * Condition: the actor in `column` is visible to the caller. With a team scope, keys in scope and system actors are
 * visible, and members are not.
 */
export function isActorInScope(scope: KeyScope, actor: string, column: string): RawBuilder<SqlBool> {
  const type = scope && idType(actor);
  if (type === 'key') return isInScope(scope, column);
  return type ? sql<SqlBool>`1 = 0` : sql<SqlBool>`1 = 1`;
}

/** Whether a key with these teams is in scope. */
export function sharesTeam(scope: KeyScope, teamIds: readonly string[]): boolean {
  return !scope || teamIds.some((id) => scope.includes(id));
}

/** Whether a team is in scope. */
export function isTeamInScope(scope: KeyScope, teamId: string): boolean {
  return !scope || scope.includes(teamId);
}

/** Throws ForbiddenError if a visible key with these teams is also bound to teams outside the caller's scope. */
export function refuseOtherTeams(
  { principal }: Scoped,
  permission: string,
  teamIds: readonly string[],
): void {
  const scope = keyScopeOf({ principal });
  if (teamIds.every((id) => isTeamInScope(scope, id))) return;
  throw new ForbiddenError(permission, "The API key is bound to teams that you don't have access to");
}
