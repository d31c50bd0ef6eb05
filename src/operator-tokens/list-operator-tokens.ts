import type { Context } from '../context.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { OPERATOR_TOKEN_COLUMNS, type OperatorToken, toOperatorToken } from './operator-token.ts';

/** All operator tokens by name, including revoked ones. Only for the command line. */
export async function listOperatorTokens(ctx: Context): Promise<OperatorToken[]> {
  requireCommandLine(ctx, 'operator_token.manage');
  const rows = await ctx.db
    .selectFrom('operator_tokens')
    .select(OPERATOR_TOKEN_COLUMNS)
    .orderBy('name')
    .execute();
  return rows.map(toOperatorToken);
}
