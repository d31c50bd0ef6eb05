import type { Row } from '../../db/tables/tables.ts';
import type { Input } from '../core/input.ts';

/** A token of the operator's own back end. Times are milliseconds since the epoch. */
export interface OperatorToken {
  readonly id: string;
  /** Unique. Appears in the audit log as `operator:<name>`. */
  readonly name: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** The columns of an operator token. */
export const OPERATOR_TOKEN_COLUMNS = ['id', 'name', 'created_at', 'revoked_at'] as const;

/** Maps a row to an operator token. */
export function toOperatorToken(row: Omit<Row<'operator_tokens'>, 'hash'>): OperatorToken {
  return { id: row.id, name: row.name, createdAt: row.created_at, revokedAt: row.revoked_at };
}

/** Records a fault if the text is not a valid name of an operator token. */
export function checkOperatorTokenName(input: Input, name: string): void {
  if (!/^[a-z0-9._-]{1,64}$/.test(name))
    input.fault(['name'], 'INVALID_FORMAT', 'must be 1 to 64 characters of a-z, 0-9, dot, _ and -');
}
