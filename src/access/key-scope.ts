import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { ForbiddenError } from '../core/errors.ts';
import { idType } from '../core/ids.ts';

/**
 * Which keys exist for a caller in its organizations: null for all, else only those that share one of these teams. Every
 * read of keys, and of what belongs to them, on behalf of a caller takes one.
 */
export type KeyScope = readonly string[] | null;

/** For reads on behalf of nobody: limits of the whole organization, and Keywright's own work. */
export const ALL_KEYS: KeyScope = null;

/** Somebody with a scope; without a principal, no keys. */
export interface Scoped {
  readonly principal: { readonly keyScope: KeyScope } | null;
}

/** The scope of a caller. */
export function keyScopeOf({ principal }: Scoped): KeyScope {
  return principal ? principal.keyScope : [];
}

/** That the key whose id is in this column is in scope, as a condition. Ids of anything else are in ALL_KEYS alone. */
export function isInScope(scope: KeyScope, column: string): RawBuilder<SqlBool> {
  if (!scope) return sql<SqlBool>`1 = 1`;
  if (scope.length === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`${sql.ref(column)} in
    (select api_key_id from api_key_teams where team_id in (${sql.join(scope)}))`;
}

/**
 * That an actor by whom rows are filtered exists for the caller; `column` holds it. Where keys are limited to teams, those
 * in scope and systems do, and no members.
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

/** Whether a team is one of the scope. */
export function isTeamInScope(scope: KeyScope, teamId: string): boolean {
  return !scope || scope.includes(teamId);
}

/** Throws ForbiddenError where a key with these teams, which the caller can see, is bound to others than the caller's. */
export function refuseOtherTeams(
  { principal }: Scoped,
  permission: string,
  teamIds: readonly string[],
): void {
  const scope = keyScopeOf({ principal });
  if (teamIds.every((id) => isTeamInScope(scope, id))) return;
  throw new ForbiddenError(permission, "The API key is bound to teams that you don't have access to");
}
