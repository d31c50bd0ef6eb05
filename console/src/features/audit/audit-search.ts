import { DAY_MS } from '../../api/clock.ts';
import { type AddressSearch, useSearchInAddress } from '../../design/patterns/search-in-address.ts';
import type { AuditFilter } from '../../generated/graphql.ts';
import { ACTION_GROUPS } from './audit-actions.ts';

/** Filters of the log, as in the URL. Empty: no filter. */
export interface AuditSearch {
  /** An action, or the common prefix of several: `api_key`. */
  readonly action: string;
  /** A user's or key's id, or a system actor's name. */
  readonly actor: string;
  readonly target: string;
  readonly outcome: 'DONE' | 'DENIED' | '';
  /** Days in local time, inclusive: `2026-05-31`. */
  readonly from: string;
  readonly to: string;
}

const PARAMETERS = ['action', 'actor', 'target', 'outcome', 'from', 'to'] as const;
const OUTCOMES = ['DONE', 'DENIED'] as const;

/** The search in the URL, and functions that change parts of it. */
export function useAuditSearch(): AddressSearch<AuditSearch, keyof AuditSearch> {
  return useSearchInAddress(readSearch);
}

function readSearch(parameters: URLSearchParams): AuditSearch {
  const parameter = (name: (typeof PARAMETERS)[number]) => parameters.get(name) ?? '';
  const day = (name: 'from' | 'to') => (isDay(parameter(name)) ? parameter(name) : '');
  return {
    action: parameter('action'),
    actor: parameter('actor'),
    target: parameter('target'),
    outcome: OUTCOMES.find((outcome) => outcome === parameter('outcome')) ?? '',
    from: day('from'),
    to: day('to'),
  };
}

/** Whether the day exists: Date accepts 30 February as a day in March. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Whether the search excludes anything. */
export function isNarrowed(search: AuditSearch): boolean {
  return PARAMETERS.some((name) => search[name] !== '');
}

/** The search as API input. */
export function filterOf({ action, actor, target, outcome, from, to }: AuditSearch): AuditFilter {
  const group = ACTION_GROUPS.find(({ id }) => id === action);
  const [first, last] = [startOf(from), startOf(to)];
  return {
    ...(action && { actions: group ? [...group.actions] : [action] }),
    ...(actor && { actorId: actor }),
    ...(target.trim() && { targetId: target.trim() }),
    ...(outcome && { outcome }),
    ...(first !== null && { from: new Date(first).toISOString() }),
    // 36 hours later is always within the next day, despite daylight saving time.
    ...(last !== null && { to: new Date(new Date(last + 1.5 * DAY_MS).setHours(0, 0, 0, 0)).toISOString() }),
  };
}

function startOf(day: string): number | null {
  const start = Date.parse(`${day}T00:00:00`);
  return day === '' || Number.isNaN(start) ? null : start;
}
