import { type Expression, expressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { foldName, Input } from '../core/input.ts';

/** Longest text, in code points. */
const SEARCH_MAX = 200;

/** Text in normal form, as written and folded. */
export interface MemberSearch {
  readonly text: string;
  readonly folded: string;
}

/** Reads the text to search for; null if it is omitted or blank. Throws BAD_USER_INPUT for text that no member can have. */
export function readMemberSearch(search: string | null | undefined): MemberSearch | null {
  const input = new Input();
  const text = input.text(['search'], search, SEARCH_MAX);
  input.checkArguments();
  const trimmed = text?.trim();
  return trimmed ? { text: trimmed, folded: foldName(trimmed).replaceAll('ς', 'σ') } : null;
}

const eb = expressionBuilder<Tables, 'memberships'>();

/**
 * Condition: the name or address of a membership contains the text, case-insensitive. Evaluated row by row, so that
 * PostgreSQL doesn't start from the users of all organizations.
 */
export function containsText({ text, folded }: MemberSearch): Expression<SqlBool> {
  const name = sql.ref<string>('memberships.name');
  const user = eb
    .selectFrom('users')
    .select('users.id')
    .whereRef('users.id', '=', 'memberships.user_id')
    .where((one) =>
      one.or([
        contains(sql.ref('users.email'), foldName(text)),
        contains(foldedBy(folded, name), folded),
        // Some characters have no lower case of one character.
        contains(name, text),
      ]),
    )
    .limit(sql.lit(1))
    .offset(sql.lit(0));
  return eb.exists(user);
}

/** `like` with the wildcards of both engines escaped. */
function contains(value: Expression<string>, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${value} like ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
}

/** The column with the characters of this text in lower case. The engines' own function only folds ASCII. */
function foldedBy(text: string, column: Expression<string>): RawBuilder<string> {
  let folded = sql<string>`lower(${column})`;
  for (const character of new Set(text)) {
    const upper = character.toUpperCase();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is folded already.
    if (/^[\x00-\x7f]$/.test(character)) continue;
    if (upper !== character && upper.toLowerCase() === character)
      folded = sql<string>`replace(${folded}, ${upper}, ${character})`;
    if (character === 'σ') folded = sql<string>`replace(${folded}, ${'ς'}, ${character})`;
  }
  return folded;
}
