import { type ASTNode, GraphQLError, type GraphQLErrorOptions, Kind } from 'graphql';
import { AppError, type ErrorCode } from '../core/errors.ts';
import { quotable } from '../core/scrub.ts';

/** Where a fault is in the document. */
type Place = Pick<GraphQLErrorOptions, 'nodes' | 'source' | 'positions'>;

/** A fault of a request. Its message is shown to the client, so it must quote no value that the client sent. */
export function requestFault(code: ErrorCode, message: string, place: Place = {}): GraphQLError {
  return new GraphQLError(message, {
    ...place,
    extensions: { code },
    originalError: new AppError(code, message),
  });
}

/** Builds the message of a library error from its code and node, because the original may quote a value. */
export function describeFault({ extensions, nodes }: GraphQLError): string {
  if (extensions.code === 'OPERATION_RESOLUTION_FAILURE')
    return 'The document has no operation with this name, or has several operations and operationName is missing';
  if (hasStatus(extensions.http, 405)) return 'Mutations must be sent with POST';
  return describeNode(nodes?.[0]);
}

function describeNode(node: ASTNode | undefined): string {
  switch (node?.kind) {
    case Kind.VARIABLE:
      return `The variable "$${quotable(node.name.value)}" has no valid value here`;
    case Kind.FIELD:
      return `An argument of the field "${quotable(node.name.value)}" is missing`;
    case undefined:
      return 'The request is invalid';
    default:
      return 'An argument has an invalid value';
  }
}

/** Whether the `http` extension of an error asks for this HTTP status. */
export function hasStatus(http: unknown, status: number): boolean {
  return typeof http === 'object' && http !== null && 'status' in http && http.status === status;
}
