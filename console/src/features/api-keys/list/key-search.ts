import { DAY_MS, now } from '../../../api/clock.ts';
import { type AddressSearch, useSearchInAddress } from '../../../design/patterns/search-in-address.ts';
import type {
  ApiKeyFilter,
  ApiKeyOrder,
  ApiKeyOrderField,
  ApiKeyStatus,
  Environment,
} from '../../../generated/graphql.ts';

/** The same thresholds as in the summary, so that its figures match the lists. */
export const UNUSED_DAYS = 90;
export const EXPIRING_DAYS = 7;

/** Keys that need attention. */
export type Concern = 'unused' | 'overdue' | 'expiring';

/** Filters and order of the keys, as in the URL. */
export interface KeySearch {
  readonly text: string;
  /** Null: all but revoked. */
  readonly status: ApiKeyStatus | null;
  readonly environment: Environment | null;
  readonly roleId: string | null;
  readonly teamId: string | null;
  readonly concern: Concern | null;
  readonly orderBy: ApiKeyOrder;
}

const STATUSES: readonly ApiKeyStatus[] = ['ACTIVE', 'DISABLED', 'EXPIRED', 'REVOKED'];
const ENVIRONMENTS: readonly Environment[] = ['LIVE', 'TEST'];
const CONCERNS: readonly Concern[] = ['unused', 'overdue', 'expiring'];
const FIELDS: readonly ApiKeyOrderField[] = ['NAME', 'CREATED_AT', 'LAST_USED_AT', 'EXPIRES_AT'];

/** URL parameters of the filters. */
export const SEARCH_PARAMETERS = ['q', 'status', 'environment', 'role', 'team', 'show', 'sort'] as const;

/** One of them. */
export type SearchParameter = (typeof SEARCH_PARAMETERS)[number];

/** The search in the URL, and functions that change parts of it. */
export function useKeySearch(): AddressSearch<KeySearch, SearchParameter> {
  return useSearchInAddress(readSearch);
}

function readSearch(parameters: URLSearchParams): KeySearch {
  const oneOf = <Value extends string>(name: SearchParameter, values: readonly Value[], fold = upper) =>
    values.find((value) => value === fold(parameters.get(name) ?? '')) ?? null;
  return {
    text: parameters.get('q') ?? '',
    status: oneOf('status', STATUSES),
    environment: oneOf('environment', ENVIRONMENTS),
    roleId: parameters.get('role'),
    teamId: parameters.get('team'),
    concern: oneOf('show', CONCERNS, (value) => value),
    orderBy: readOrder(parameters.get('sort')),
  };
}

function upper(value: string): string {
  return value.toUpperCase();
}

/** `name` is ascending, `-name` descending. */
function readOrder(sort: string | null): ApiKeyOrder {
  const field = FIELDS.find((one) => one === sort?.replace(/^-/, '').toUpperCase());
  if (!field) return { field: 'CREATED_AT', direction: 'DESC' };
  return { field, direction: sort?.startsWith('-') ? 'DESC' : 'ASC' };
}

/** The order in the URL. */
export function orderParameter({ field, direction }: ApiKeyOrder): string {
  if (field === 'CREATED_AT' && direction === 'DESC') return '';
  return `${direction === 'DESC' ? '-' : ''}${field.toLowerCase()}`;
}

/** Whether the search excludes anything. */
export function narrows({ text, status, environment, roleId, teamId, concern }: KeySearch): boolean {
  return Boolean(text || status || environment || roleId || teamId || concern);
}

/** The search as API input. Times are relative to now, to the minute. */
export function filterOf({ text, status, environment, roleId, teamId, concern }: KeySearch): ApiKeyFilter {
  const minute = Math.floor(now() / 60_000) * 60_000;
  const day = (days: number) => new Date(minute + days * DAY_MS).toISOString();
  return {
    ...(text.trim() && { search: text.trim() }),
    ...(status ? { status: [status] } : concern && { status: ['ACTIVE'] }),
    ...(environment && { environment }),
    ...(roleId && { roleId }),
    ...(teamId && { teamId }),
    ...(concern === 'unused' && { unusedSince: day(-UNUSED_DAYS) }),
    ...(concern === 'overdue' && { rotationDueBefore: day(0) }),
    ...(concern === 'expiring' && { expiresBefore: day(EXPIRING_DAYS) }),
  };
}
