import type { SizedTable } from '../src/organizations/organization-sizes.ts';

/** What a field is asked, as far as it decides what it reads. */
export interface ScanContext {
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether `totalCount` or `totalCountIsExact` is asked for below it. */
  readonly counts: boolean;
  /** Whether the caller is limited to the keys of some teams. */
  readonly isLimited: boolean;
  /** Points for reading so many rows. */
  pointsOf(rows: number): number;
  /** Points for reading all rows of a table that the organization has. */
  whole(table: SizedTable): number;
}

/**
 * What a field reads of the database beyond the rows that it returns. A field whose resolver may read a number of rows
 * that grows with the organization must say so in its extensions: `extensions: { scan }`.
 */
export interface Scan {
  /** Tables whose size its price depends on. */
  readonly tables: readonly SizedTable[];
  /** Named where all places in which it is asked for are read together: it costs once for each field of the operation. */
  readonly together?: string;
  /** The price in points. */
  points(asked: ScanContext): number;
}

/** Part of a table that an index leads to: the keys of one role, the changes by one person. */
const NARROW = 1 / 5;

/** Part of a table that belongs to one of many objects: the keys of one team among all teams of a page. */
const SHARE = 1 / 50;

/** A list of keys. A page without a filter reads its rows alone. */
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
  points(asked) {
    if (Object.values((asked.args.filter ?? {}) as object).some((value) => (value ?? null) !== null))
      return keyListScan.points(asked);
    return asked.whole('api_keys') * SHARE * (asked.counts ? 2 : 1);
  },
};

/** The log of an organization: one condition is answered by an index, for several or for some keys alone more is read. */
export const auditScan: Scan = {
  tables: ['audit_log'],
  points({ args, counts, isLimited, whole }) {
    const filter = (args.filter ?? {}) as Readonly<Record<string, unknown>>;
    const has = (name: string): boolean => (filter[name] ?? null) !== null;
    const conditions = [has('targetId'), has('actorId'), has('actions'), has('from') || has('to')];
    const asked = conditions.filter(Boolean).length;
    // Of actions, the outcome leaves some or none; the denied ones are few, too.
    const passes = has('outcome') && !has('actions') && (asked > 0 || filter.outcome === 'DONE');
    const part = has('targetId') ? NARROW : 1;
    const page = asked > 1 || passes || isLimited ? part : 0;
    return whole('audit_log') * (page + (counts ? part : 0));
  },
};

/** The log of one object of many. */
export const ownAuditScan: Scan = {
  tables: ['audit_log'],
  points: ({ counts, whole }) => (counts ? whole('audit_log') * SHARE : 0),
};

/** A list that is read by its own order, and whose total is counted. */
export function countedScan(table: SizedTable, part: 'whole' | 'share' = 'whole'): Scan {
  const times = part === 'share' ? SHARE : 1;
  return { tables: [table], points: ({ counts, whole }) => (counts ? whole(table) * times : 0) };
}

/** Maximum number of entries of indexes that a summary reads. */
export const SUMMARY_ROWS_MAX = 50_000;

/**
 * Counts that are kept for whole organizations, and that read at most `rows` entries of indexes as well. For a caller
 * limited to teams the keys are read instead.
 */
export function keptCountScan(together: string, rows = 0): Scan {
  return {
    tables: ['api_keys'],
    together,
    points: ({ whole, isLimited, pointsOf }) =>
      isLimited ? whole('api_keys') : Math.min(whole('api_keys'), pointsOf(rows)),
  };
}
