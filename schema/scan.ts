import type { SizedTable } from '../src/organizations/organization-sizes.ts';

/** The arguments and selection that decide what a field reads. */
export interface ScanContext {
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether `totalCount` or `totalCountIsExact` is selected. */
  readonly counts: boolean;
  /** Whether the caller is limited to the keys of some teams. */
  readonly isLimited: boolean;
  /** Points for reading this many rows. */
  pointsOf(rows: number): number;
  /** Points for reading all rows of the organization in a table. */
  whole(table: SizedTable): number;
}

/**
 * Rows that a field reads beyond those that it returns. A field whose resolver may read more rows in larger
 * organizations must declare it in `extensions: { scan }`.
 */
export interface Scan {
  /** Tables whose size the price depends on. */
  readonly tables: readonly SizedTable[];
  /** Name of a read that all fields of the operation share, so that it is charged once. */
  readonly together?: string;
  /** The price in points. */
  points(scan: ScanContext): number;
}

/** Part of a table that an index leads to: the keys of one role, the changes by one person. */
const NARROW = 1 / 5;

/** Part of a table that belongs to one of many objects: the keys of one team among all teams of a page. */
const SHARE = 1 / 50;

/** A list of keys. A page without a filter reads only its rows. */
export const keyListScan: Scan = {
  tables: ['api_keys'],
  points({ args, counts, whole }) {
    const given = Object.entries((args.filter ?? {}) as object).filter(
      ([, value]) => (value ?? null) !== null,
    );
    const isNarrow = given.some(([name]) => INDEXED.has(name));
    const page = given.length === 0 ? 0 : isNarrow ? NARROW : 1;
    return whole('api_keys') * (page + (counts ? (isNarrow ? NARROW : 1) : 0));
  },
};

const INDEXED: ReadonlySet<string> = new Set(['externalId', 'roleId', 'teamId', 'createdById']);

/** The same for the keys of one team: with a filter as for all keys, since a team may have any number of them. */
export const teamKeyListScan: Scan = {
  tables: ['api_keys'],
  points(scan) {
    if (Object.values((scan.args.filter ?? {}) as object).some((value) => (value ?? null) !== null))
      return keyListScan.points(scan);
    return scan.whole('api_keys') * SHARE * (scan.counts ? 2 : 1);
  },
};

/** An organization's log: a single condition uses an index; several, or those for some keys only, read more. */
export const auditScan: Scan = {
  tables: ['audit_log'],
  points({ args, counts, isLimited, whole }) {
    const filter = (args.filter ?? {}) as Readonly<Record<string, unknown>>;
    const has = (name: string): boolean => (filter[name] ?? null) !== null;
    const conditions = [has('targetId'), has('actorId'), has('actions'), has('from') || has('to')];
    const count = conditions.filter(Boolean).length;
    // Filtering actions by outcome leaves some or none. Denied ones are few, too.
    const passes = has('outcome') && !has('actions') && (count > 0 || filter.outcome === 'DONE');
    const part = has('targetId') ? NARROW : 1;
    const page = count > 1 || passes || isLimited ? part : 0;
    return whole('audit_log') * (page + (counts ? part : 0));
  },
};

/** The audit log of one object. */
export const ownAuditScan: Scan = {
  tables: ['audit_log'],
  points: ({ counts, whole }) => (counts ? whole('audit_log') * SHARE : 0),
};

/** A list with a counted total, read in its natural order. */
export function countedScan(table: SizedTable, part: 'whole' | 'share' = 'whole'): Scan {
  const times = part === 'share' ? SHARE : 1;
  return { tables: [table], points: ({ counts, whole }) => (counts ? whole(table) * times : 0) };
}

/** A list of members. A search reads all of them. */
export const memberListScan: Scan = {
  tables: ['memberships'],
  points: ({ args, counts, whole }) => whole('memberships') * ((args.search ? 1 : 0) + (counts ? 1 : 0)),
};

/** Maximum number of index entries that a summary reads. */
export const SUMMARY_ROWS_MAX = 50_000;

/**
 * Stored counts of whole organizations, which read at most `rows` index entries as well. For a caller limited to teams,
 * the keys are read instead.
 */
export function keptCountScan(together: string, rows = 0): Scan {
  return {
    tables: ['api_keys'],
    together,
    points: ({ whole, isLimited, pointsOf }) =>
      isLimited ? whole('api_keys') : Math.min(whole('api_keys'), pointsOf(rows)),
  };
}

/** Usage of an organization: stored sums. For a caller limited to teams, the buckets of keys are read instead. */
export const LIMITED_USAGE_SCAN: Scan = {
  tables: ['api_keys'],
  points: ({ whole, isLimited }) => (isLimited ? whole('api_keys') : 0),
};

/** The buckets of all keys that were used in a time range. */
export const USED_KEYS_SCAN: Scan = {
  tables: ['api_keys'],
  points: ({ whole }) => 2 * whole('api_keys'),
};

/**
 * Number of denials that prices assume. After 30 days of attacks there are up to 150,000, for which an operation couldn't
 * pay. Reading them ends with the time limit of statements then.
 */
const DENIALS_MAX = 20_000;

/** Denied verifications: a single condition uses an index; several, or those for some keys only, read more. */
export const denialScan: Scan = {
  tables: [],
  points({ args, counts, isLimited, pointsOf }) {
    const filter = (args.filter ?? {}) as Readonly<Record<string, unknown>>;
    const has = (name: string): boolean => (filter[name] ?? null) !== null;
    const isPassing = isLimited || ['apiKeyId', 'ip', 'codes'].filter(has).length > 1;
    return pointsOf(DENIALS_MAX) * ((isPassing ? 1 : 0) + (counts ? 1 : 0));
  },
};

/** Sums of denied verifications, which read them several times, and the last uses of keys. */
export const DENIAL_SUMMARY_SCAN: Scan = {
  tables: ['api_keys'],
  points: ({ pointsOf, whole }) => pointsOf(4 * DENIALS_MAX) + whole('api_keys'),
};
