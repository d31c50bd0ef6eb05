import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { type OperatorPrincipal, operatorPrincipal } from '../access/principal.ts';
import { hashToken, isToken, OPERATOR_PREFIX } from '../sessions/tokens.ts';

/** The operator of a token. Null if the token is unknown or revoked. */
export async function authenticateOperatorToken(
  db: Kysely<Tables>,
  token: string,
): Promise<OperatorPrincipal | null> {
  if (!isToken(OPERATOR_PREFIX, token)) return null;
  const found = await db
    .selectFrom('operator_tokens')
    .select(['id', 'name'])
    .where('hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return found ? operatorPrincipal(found.id, found.name) : null;
}
