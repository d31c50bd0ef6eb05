import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { NEVER, type Tables } from '../../db/tables.ts';
import { isActorInScope, isTeamInScope, type KeyScope } from '../access/key-scope.ts';
import { isId } from '../core/ids.ts';
import { foldName, Input } from '../core/input.ts';
import type { RotationPolicy } from '../organizations/organization.ts';
import { type ApiKeyStatus, DAY_MS } from './api-key.ts';
import type { Environment } from './secret.ts';

/** Narrows a list of keys: all conditions hold. Times are milliseconds since the epoch; null is left out. */
export interface ApiKeyFilter {
  /** Any of these; left out: all but REVOKED. */
  readonly status?: readonly ApiKeyStatus[] | null | undefined;
  readonly environment?: Environment | null | undefined;
  readonly roleId?: string | null | undefined;
  readonly teamId?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly createdById?: string | null | undefined;
  /** Part of name, description, display form or id, upper and lower case alike; at most 200 characters. */
  readonly search?: string | null | undefined;
  /** Not used since then (or never), and made before. */
  readonly unusedSince?: number | null | undefined;
  readonly expiresBefore?: number | null | undefined;
  readonly rotationDueBefore?: number | null | undefined;
}

/** What conditions on keys are built with. */
export type KeyExpressions = ExpressionBuilder<Tables, 'api_keys'>;

type Condition = Expression<SqlBool>;

const SEARCH_MAX = 200;
const ALL_BUT_REVOKED: readonly ApiKeyStatus[] = ['ACTIVE', 'DISABLED', 'EXPIRED'];

/** The filter with its texts as they are stored. Throws BAD_USER_INPUT for those that nothing stored can be like. */
export function readFilter(given: ApiKeyFilter): ApiKeyFilter {
  const input = new Input();
  const { externalId, createdById } = given;
  input.text(['filter', 'externalId'], externalId, SEARCH_MAX);
  input.text(['filter', 'createdById'], createdById, SEARCH_MAX);
  const search = input.text(['filter', 'search'], given.search, SEARCH_MAX);
  input.checkArguments();
  // As it was given, white space too: nothing stored is like text of white space alone.
  const exactly = (value: string | null | undefined) => value?.normalize('NFC') ?? null;
  return {
    ...given,
    externalId: exactly(externalId),
    createdById: exactly(createdById),
    search: search && foldName(search),
  };
}

/** Whether a filter leaves out keys of the statuses that it shows. */
export function isNarrowed({ status: _, ...others }: ApiKeyFilter): boolean {
  return Object.values(others).some((value) => value !== null && value !== undefined);
}

/** Which keys a list of these statuses shows where that takes no look at their times: null where it does. */
export function shownWhole({ status }: ApiKeyFilter): 'all' | 'unrevoked' | null {
  const statuses = new Set(status ?? ALL_BUT_REVOKED);
  if (!ALL_BUT_REVOKED.every((each) => statuses.has(each))) return null;
  return statuses.has('REVOKED') ? 'all' : 'unrevoked';
}

/** The filter as conditions. Teams and creators that don't exist for the caller have no keys. */
export function filterConditions(
  eb: KeyExpressions,
  filter: ApiKeyFilter,
  facts: { readonly policy: RotationPolicy; readonly now: number; readonly scope: KeyScope },
): Condition[] {
  const { policy, now, scope } = facts;
  const conditions: Condition[] = [hasAnyStatus(eb, filter, now)];
  const add = <T>(value: T | null | undefined, condition: (value: T) => Condition): void => {
    if (value !== null && value !== undefined) conditions.push(condition(value));
  };
  add(filter.environment, (environment) => eb('api_keys.environment', '=', environment));
  add(filter.roleId, (id) => (isId('role', id) ? eb('api_keys.role_id', '=', id) : NONE));
  add(filter.teamId, (id) => isBoundTo(eb, id, scope));
  add(filter.externalId, (externalId) => eb('api_keys.external_id', '=', externalId));
  add(filter.createdById, (id) =>
    eb.and([eb('api_keys.created_by', '=', id), isActorInScope(scope, id, 'api_keys.created_by')]),
  );
  add(filter.search, contains);
  add(filter.unusedSince, (time) => isUnusedSince(eb, time));
  add(filter.expiresBefore, (time) => eb('api_keys.expires_at', '<', Math.min(time, NEVER)));
  add(filter.rotationDueBefore, (time) => isRotationDue(eb, policy, time));
  return conditions;
}

const NONE = sql<SqlBool>`1 = 0`;

function hasAnyStatus(eb: KeyExpressions, filter: ApiKeyFilter, now: number): Condition {
  const shown = shownWhole(filter);
  if (shown === 'all') return eb.lit(true);
  if (shown === 'unrevoked') return eb('api_keys.revoked_at', 'is', null);
  return eb.or([...new Set(filter.status)].map((status) => hasStatus(eb, status, now)));
}

/** That a key has this status: `statusOf` as a condition. */
export function hasStatus(eb: KeyExpressions, status: ApiKeyStatus, now: number): Condition {
  if (status === 'REVOKED') return eb('api_keys.revoked_at', 'is not', null);
  const unrevoked = eb('api_keys.revoked_at', 'is', null);
  if (status === 'DISABLED') return eb.and([unrevoked, eb('api_keys.enabled', '=', 0)]);
  const expiry = eb('api_keys.expires_at', status === 'EXPIRED' ? '<=' : '>', now);
  return eb.and([unrevoked, eb('api_keys.enabled', '=', 1), expiry]);
}

/** That a key was not used since then, or never, and made before. */
export function isUnusedSince(eb: KeyExpressions, time: number): Condition {
  const used = eb
    .selectFrom('api_key_usage')
    .select('api_key_usage.api_key_id')
    .whereRef('api_key_usage.api_key_id', '=', 'api_keys.id')
    .where('api_key_usage.last_used_at', '>=', time);
  return eb.and([eb('api_keys.created_at', '<', time), eb.not(eb.exists(used))]);
}

/** That a key's rotation is due before then: `rotationDueAt` as a condition. */
export function isRotationDue(eb: KeyExpressions, policy: RotationPolicy, time: number): Condition {
  const due = (environment: Environment, days: number | null): Condition[] => {
    if (days === null) return [];
    const late = eb('api_keys.rotated_at', '<', time - days * DAY_MS);
    return [eb.and([eb('api_keys.environment', '=', environment), late])];
  };
  const either = eb.or([...due('live', policy.liveDays), ...due('test', policy.testDays)]);
  return eb.and([eb('api_keys.revoked_at', 'is', null), either]);
}

/** That a key is bound to this team, which must be in scope. */
export function isBoundTo(eb: KeyExpressions, teamId: string, scope: KeyScope): Condition {
  if (!isId('team', teamId) || !isTeamInScope(scope, teamId)) return NONE;
  const bound = eb.selectFrom('api_key_teams').select('api_key_id').where('team_id', '=', teamId);
  return eb('api_keys.id', 'in', bound);
}

/** That the key's searchable text holds this one; neither engine's wildcards mean anything in it. */
function contains(text: string): Condition {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`${sql.ref('api_keys.search_text')} like ${pattern} escape '\\'`;
}
