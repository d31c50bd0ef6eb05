import type { Context } from '../context.ts';
import { ConflictError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { requireCommandLine } from '../sessions/require-command-line.ts';
import { hashToken, newToken, OPERATOR_PREFIX } from '../sessions/tokens.ts';
import { checkOperatorTokenName } from './operator-token.ts';

/** A new operator token. */
export interface NewOperatorToken {
  readonly name: string;
  /** Shown only once; only its hash is stored. */
  readonly token: string;
}

/**
 * Creates an operator token. Only for the command line. The name of a revoked token can be used again. Not recorded in
 * an audit log, because it belongs to no organization. Rejects with ValidationError, or ConflictError for a name in
 * use.
 */
export async function createOperatorToken(ctx: Context, name: string): Promise<NewOperatorToken> {
  requireCommandLine(ctx, 'operator_token.manage');
  const input = new Input();
  checkOperatorTokenName(input, name);
  input.check();
  const token = newToken(OPERATOR_PREFIX);
  await ctx.db.transaction().execute(async (tx) => {
    await tx
      .deleteFrom('operator_tokens')
      .where('name', '=', name)
      .where('revoked_at', 'is not', null)
      .execute();
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('operator_tokens')
      .values({
        id: newId('op'),
        name,
        hash: hashToken(token),
        created_at: ctx.clock.now(),
        revoked_at: null,
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows !== 1n)
      throw new ConflictError('NAME_TAKEN', 'An operator token with this name already exists');
  });
  return { name, token };
}
