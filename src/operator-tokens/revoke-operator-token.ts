import type { Context } from '../context.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import { Input } from '../core/input.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import {
  checkOperatorTokenName,
  OPERATOR_TOKEN_COLUMNS,
  type OperatorToken,
  toOperatorToken,
} from './operator-token.ts';

/**
 * Revokes an operator token. Only for the command line. Rejects with ValidationError, NotFoundError, or ConflictError
 * if it is already revoked.
 */
export async function revokeOperatorToken(ctx: Context, name: string): Promise<OperatorToken> {
  requireCommandLine(ctx, 'operator_token.manage');
  const input = new Input();
  checkOperatorTokenName(input, name);
  input.check();
  const revoked = await ctx.db
    .updateTable('operator_tokens')
    .set({ revoked_at: ctx.clock.now() })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .returning(OPERATOR_TOKEN_COLUMNS)
    .executeTakeFirst();
  if (revoked) return toOperatorToken(revoked);
  const known = await ctx.db
    .selectFrom('operator_tokens')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (known) throw new ConflictError('REVOKED', 'The operator token is already revoked');
  throw new NotFoundError(name, 'operator token', 'name');
}
