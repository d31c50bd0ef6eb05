import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Engine } from '../../../db/database.ts';
import { hasMetadata, isComparable, type MetadataMembers } from '../../../db/queries/metadata-index.ts';
import { NEVER, type Tables } from '../../../db/tables/tables.ts';
import { isActorInScope, isTeamInScope, type KeyScope } from '../../access/key-scope.ts';
import { isId } from '../../core/ids.ts';
import { foldName, Input } from '../../core/input.ts';
import { isProvided } from '../../core/provided.ts';
import type { RotationPolicy } from '../../organizations/organization.ts';
import { type ApiKeyStatus, DAY_MS } from '../api-key.ts';
import type { Environment } from '../secret.ts';

/** Filter of a list of keys. All conditions must match; null is ignored. Times are milliseconds since the epoch. */
export interface ApiKeyFilter {
  /** Any of these. Omitted: all but REVOKED. */
  readonly status?: readonly ApiKeyStatus[] | null | undefined;
  readonly environment?: Environment | null | undefined;
  readonly roleId?: string | null | undefined;
  readonly teamId?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly createdById?: string | null | undefined;
  /** The metadata has these members: 1 to 10 names with texts, numbers, booleans or null. Empty: ignored. */
  readonly metadata?: MetadataMembers | null | undefined;
  /** Part of name, description, display form or id, case-insensitive; at most 200 characters. */
  readonly search?: string | null | undefined;
  /** Not used since this time, or never used and created before it. */
  readonly unusedSince?: number | null | undefined;
  readonly expiresBefore?: number | null | undefined;
  readonly rotationDueBefore?: number | null | undefined;
}

/** Expression builder for conditions on keys. */
export type KeyExpressions = ExpressionBuilder<Tables, 'api_keys'>;

type Condition = Expression<SqlBool>;

const SEARCH_MAX = 200;
const MEMBERS_MAX = 10;
const MEMBER_LENGTH_MAX = 200;
const ALL_BUT_REVOKED: readonly ApiKeyStatus[] = ['ACTIVE', 'DISABLED', 'EXPIRED'];

/** The filter with its texts normalized as stored. Throws BAD_USER_INPUT for texts that can't match anything stored. */
export function readFilter(params: ApiKeyFilter): ApiKeyFilter {
  const input = new Input();
  const { externalId, createdById } = params;
  input.text(['filter', 'externalId'], externalId, SEARCH_MAX);
  input.text(['filter', 'createdById'], createdById, SEARCH_MAX);
  const search = input.text(['filter', 'search'], params.search, SEARCH_MAX);
  const metadata = readMembers(input, params.metadata);
  input.checkArguments();
  // Keeps white space: no stored text is only white space.
  const exactly = (value: string | null | undefined) => value?.normalize('NFC') ?? null;
  return {
    ...params,
    externalId: exactly(externalId),
    createdById: exactly(createdById),
    search: search && foldName(search),
    metadata,
  };
}

function readMembers(input: Input, members: MetadataMembers | null | undefined): MetadataMembers | null {
  const names = Object.keys(members ?? {});
  if (!members || names.length === 0) return null;
  const path = ['filter', 'metadata'];
  const isShort = (value: unknown) => typeof value !== 'string' || value.length <= MEMBER_LENGTH_MAX;
  const isPlain = (value: unknown) => typeof value !== 'object' || value === null;
  if (names.length > MEMBERS_MAX) input.fault(path, 'TOO_MANY', `must have at most ${MEMBERS_MAX} members`);
  else if (![...names, ...Object.values(members)].every(isShort))
    input.fault(path, 'TOO_LONG', `names and texts must have at most ${MEMBER_LENGTH_MAX} characters`);
  else if (!Object.values(members).every(isPlain))
    input.fault(path, 'INVALID_FORMAT', 'values must be strings, numbers, booleans or null');
  else if (!isComparable(members))
    input.fault(
      path,
      'INVALID_CHARACTERS',
      'must not contain NUL, lone surrogates or the noncharacter U+FDD0',
    );
  return members;
}

/** Whether a filter excludes some keys of the statuses that it selects. */
export function isNarrowed({ status: _, ...others }: ApiKeyFilter): boolean {
  return Object.values(others).some(isProvided);
}

/** Sets of keys that filters select from, as distinguished by indexes. */
export type Kept = 'all' | 'unrevoked' | 'revoked';

/** The sets that keys of these statuses are in. `whole`: all keys of the set have one of the statuses. */
export function keptBy({ status }: ApiKeyFilter): { readonly kept: Kept; readonly whole: boolean } {
  const statuses = new Set(status ?? ALL_BUT_REVOKED);
  const all = ALL_BUT_REVOKED.every((each) => statuses.has(each));
  if (!statuses.has('REVOKED')) return { kept: 'unrevoked', whole: all };
  return statuses.size === 1 ? { kept: 'revoked', whole: true } : { kept: 'all', whole: all };
}

/** Compares a column of keys with a value: plainly, or so that no index on the column is used. */
export type Compare = (
  column: keyof Tables['api_keys'] & string,
  operator: '=' | '<' | '<=' | '>' | 'like',
  value: unknown,
) => Condition;

const plainly: Compare = (column, operator, value) => {
  const escaped = sql.raw(operator === 'like' ? " escape '\\'" : '');
  return sql<SqlBool>`${sql.ref(`api_keys.${column}`)} ${sql.raw(operator)} ${value}${escaped}`;
};

/**
 * Compares these columns plainly, and others so that neither engine uses an index on them. PostgreSQL still knows how
 * many rows match.
 */
export function comparing(columns: readonly string[]): Compare {
  return (column, operator, value) => {
    const plain = plainly(column, operator, value);
    return columns.includes(column) ? plain : sql<SqlBool>`(${plain}) is true`;
  };
}

/** The filter as conditions. Teams and creators that are not visible to the caller have no keys. */
export function filterConditions(
  eb: KeyExpressions,
  filter: ApiKeyFilter,
  facts: {
    readonly policy: RotationPolicy;
    readonly now: number;
    readonly scope: KeyScope;
    readonly compare: Compare;
    readonly engine: Engine;
    readonly organizationId: string;
  },
): Condition[] {
  const { policy, now, scope, compare, engine, organizationId } = facts;
  const conditions: Condition[] = hasAnyStatus(eb, filter, now, compare);
  const add = <T>(value: T | null | undefined, condition: (value: T) => Condition): void => {
    if (isProvided(value)) conditions.push(condition(value));
  };
  add(filter.environment, (environment) => compare('environment', '=', environment));
  add(filter.roleId, (id) =>
    isId('role', id) ? eb.and([compare('role_id', '=', id), isCurrentRole(eb, id)]) : NONE,
  );
  add(filter.teamId, (id) => isBoundTo(eb, id, scope));
  add(filter.externalId, (externalId) => compare('external_id', '=', externalId));
  add(filter.createdById, (id) =>
    eb.and([compare('created_by', '=', id), isActorInScope(scope, id, 'api_keys.created_by')]),
  );
  add(filter.metadata, (members) => hasMetadata(engine, organizationId, members));
  add(filter.search, (text) => compare('search_text', 'like', patternOf(text)));
  add(filter.unusedSince, (time) => isUnusedSince(eb, time));
  add(filter.expiresBefore, (time) => compare('expires_at', '<', Math.min(time, NEVER)));
  add(filter.rotationDueBefore, (time) => isRotationDue(eb, policy, time, compare));
  return conditions;
}

/** Condition that no key matches. */
export const NONE: Condition = sql<SqlBool>`1 = 0`;

function hasAnyStatus(eb: KeyExpressions, filter: ApiKeyFilter, now: number, compare: Compare): Condition[] {
  const { kept, whole } = keptBy(filter);
  const some = whole
    ? []
    : [eb.or([...new Set(filter.status)].map((status) => hasStatus(eb, status, now, compare)))];
  if (kept === 'all') return some;
  return [eb('api_keys.revoked_at', kept === 'revoked' ? 'is not' : 'is', null), ...some];
}

/** Condition on the status: `statusOf` in SQL. */
export function hasStatus(
  eb: KeyExpressions,
  status: ApiKeyStatus,
  now: number,
  compare: Compare = plainly,
): Condition {
  if (status === 'REVOKED') return eb('api_keys.revoked_at', 'is not', null);
  const unrevoked = eb('api_keys.revoked_at', 'is', null);
  // Written out: a partial index is used only where its condition is in the statement.
  if (status === 'DISABLED') return eb.and([unrevoked, eb('api_keys.enabled', '=', eb.lit(0))]);
  const expiry = compare('expires_at', status === 'EXPIRED' ? '<=' : '>', now);
  return eb.and([unrevoked, eb('api_keys.enabled', '=', eb.lit(1)), expiry]);
}

/** Condition: not used since this time, or never used and created before it. */
export function isUnusedSince(eb: KeyExpressions, time: number): Condition {
  const used = eb
    .selectFrom('api_key_usage')
    .select('api_key_usage.api_key_id')
    .whereRef('api_key_usage.api_key_id', '=', 'api_keys.id')
    .where('api_key_usage.last_used_at', '>=', time);
  return eb.and([eb('api_keys.created_at', '<', time), eb.not(eb.exists(used))]);
}

/** Condition: rotation is due before this time; `rotationDueAt` in SQL. */
export function isRotationDue(
  eb: KeyExpressions,
  policy: RotationPolicy,
  time: number,
  compare: Compare = plainly,
): Condition {
  const due = rotationLimits(policy, time).map(([environment, before]) =>
    eb.and([compare('rotated_at', '<', before), compare('environment', '=', environment)]),
  );
  return eb.and([eb('api_keys.revoked_at', 'is', null), eb.or(due)]);
}

/** For each environment with a rotation policy, the rotation time before which a key is due before this time. */
export function rotationLimits(policy: RotationPolicy, time: number): [Environment, number][] {
  const limit = (environment: Environment, days: number | null): [Environment, number][] =>
    days === null ? [] : [[environment, time - days * DAY_MS]];
  return [...limit('live', policy.liveDays), ...limit('test', policy.testDays)];
}

/** Condition that the role exists: revoked keys may still refer to a deleted one. */
function isCurrentRole(eb: KeyExpressions, roleId: string): Condition {
  return eb.exists(
    eb.selectFrom('current_roles').select('current_roles.id').where('current_roles.id', '=', roleId),
  );
}

/** Condition: bound to this team, which must be in scope. */
export function isBoundTo(eb: KeyExpressions, teamId: string, scope: KeyScope): Condition {
  if (!isId('team', teamId) || !isTeamInScope(scope, teamId)) return NONE;
  return isBoundToAny(eb, [teamId]);
}

/** Whether a key is bound to one of these teams, checked per key: a team may have very many keys. */
export function isBoundToAny(eb: KeyExpressions, teamIds: readonly string[]): Condition {
  if (teamIds.length === 0) return NONE;
  const bond = eb
    .selectFrom('api_key_teams')
    .select('api_key_teams.team_id')
    .where('api_key_teams.api_key_id', '=', sql<string>`api_keys.id || ''`)
    .where('api_key_teams.team_id', 'in', teamIds)
    // Keeps PostgreSQL from reading all keys of the teams first.
    .limit(sql.lit(1))
    .offset(sql.lit(0));
  return eb.exists(bond);
}

/** A LIKE pattern that matches texts containing this one, with the wildcards of both engines escaped. */
function patternOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
