import type { ColumnType } from 'kysely';

/** A column that is set only on insert. */
export type Fixed<T> = ColumnType<T, T, never>;
