import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { COUNT_MAX, type Total } from '../../src/core/page.ts';
import type { Tables } from '../tables/tables.ts';

/** Counts the rows of a query, up to `most` and one. */
export async function countUpTo<Name extends keyof Tables, Selected>(
  db: Kysely<Tables>,
  query: SelectQueryBuilder<Tables, Name, Selected>,
  most: number,
): Promise<number> {
  const some = query.limit(most + 1);
  const { rows } = await sql<{ count: number }>`select count(*) as count from (${some}) as counted`.execute(
    db,
  );
  return Number(rows[0]?.count);
}

/** A total for a count that may exceed the largest number shown. */
export function totalOf(counted: number, isExact = counted <= COUNT_MAX): Total {
  return { count: Math.min(counted, COUNT_MAX), isExact: isExact && counted <= COUNT_MAX };
}
