import { type GraphQLError, Lexer, type Source, type Token, TokenKind } from 'graphql';
import { requestFault } from './request-fault.ts';

/**
 * A document's syntax error with its position and the kind of token there. The parser's own message quotes the token,
 * which may be a credential.
 */
export function syntaxFault(source: Source, { positions }: GraphQLError, tokensMax: number): GraphQLError {
  const position = positions?.[0] ?? 0;
  const place = { source, positions: [position] };
  const found = readTokenAt(source, position);
  if (found && found.number > tokensMax)
    return requestFault('BAD_REQUEST', `The document has more than ${tokensMax} tokens`, place);
  const what = found ? describeToken(found.token) : describeCharacter(source.body, position);
  return requestFault('BAD_REQUEST', `Syntax Error: Unexpected ${what}.`, place);
}

/** The token at a position and its number in the document, from 1; null if the text there is no token. */
function readTokenAt(source: Source, position: number): { token: Token; number: number } | null {
  const lexer = new Lexer(source);
  try {
    for (let number = 1; ; number += 1) {
      const token = lexer.advance();
      if (token.start >= position || token.kind === TokenKind.EOF) return { token, number };
    }
  } catch {
    return null;
  }
}

function describeToken({ kind }: Token): string {
  if (kind === TokenKind.EOF) return 'end of the document';
  return /^\w/.test(kind) ? kind : `"${kind}"`;
}

function describeCharacter(text: string, position: number): string {
  const code = text.codePointAt(position);
  if (code === undefined) return 'end of the document';
  if (code === 0x0a || code === 0x0d) return 'line break';
  return `character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
