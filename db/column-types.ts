import type { ColumnType } from 'kysely';

/** A column that only the insert sets. */
export type Fixed<T> = ColumnType<T, T, never>;
