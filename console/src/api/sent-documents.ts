import { formatDocument, gql, stringifyDocument } from 'urql';
import * as generated from '../generated/graphql.ts';

/**
 * The texts of all documents of the console, as `ask` sends them and as the cache does, which adds `__typename`. For the
 * build, which lists them for servers that accept only trusted documents.
 */
export function sentDocuments(): string[] {
  return Object.values(generated).flatMap((document) => {
    if (!(document instanceof generated.TypedDocumentString) || document.__meta__?.fragmentName) return [];
    const text = document.toString();
    return [text, stringifyDocument(formatDocument(gql(text)) as ReturnType<typeof gql>)];
  });
}
