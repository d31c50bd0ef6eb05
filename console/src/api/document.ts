import type { AnyVariables, TypedDocumentNode } from 'urql';
import { gql } from 'urql';
import type { TypedDocumentString } from '../generated/graphql.ts';

/** A generated document: typed text. */
export type Document<Result, Variables> = TypedDocumentString<Result, Variables>;

// biome-ignore lint/suspicious/noExplicitAny: the map contains documents of every type.
const known = new WeakMap<Document<any, any>, TypedDocumentNode<any, any>>();

/** The document in urql's form, parsed on first use. */
export function parsed<Result, Variables extends AnyVariables>(
  document: Document<Result, Variables>,
): TypedDocumentNode<Result, Variables> {
  const node = known.get(document) ?? gql<Result, Variables>(document.toString());
  known.set(document, node);
  return node;
}
