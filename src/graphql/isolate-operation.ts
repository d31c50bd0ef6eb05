import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';

/** The operation with all fragments of its document, without other operations. */
export function isolateOperation(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
}
