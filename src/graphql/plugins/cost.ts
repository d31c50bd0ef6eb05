import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { documentPoints, rejectedDocumentPoints } from '../cost/query-cost.ts';
import type { DocumentCache } from '../document-cache.ts';
import type { OperationContext } from '../operation-context.ts';
import { type Admission, type OperationBounds, PreparedOperation } from '../prepared-operation.ts';

interface Hook {
  readonly args: ExecutionArgs;
  setResultAndStopExecution(result: ExecutionResult): void;
}

/** Admits operations that are within all limits, and charges for them; documents with a rejected operation cost more. */
export function useCost(
  bounds: OperationBounds,
  documents: DocumentCache,
): Plugin<OperationContext, OperationContext> {
  const prepared = new WeakMap<OperationDefinitionNode, PreparedOperation>();
  /** The caller of the operation being examined, until it is admitted. */
  const examined = new WeakSet<OperationContext>();

  const admit = ({ args, setResultAndStopExecution }: Hook): void | Promise<void> => {
    const context = args.contextValue as OperationContext & { readonly params: { readonly query: string } };
    const { schema, document, operationName, variableValues } = args;
    const operation = getOperationAST(document, operationName);
    if (!operation) return;
    examined.delete(context);
    const { query } = context.params;
    // Only valid documents are cached, so that erroneous ones don't evict them.
    documents.set(query, document);
    const known = prepared.get(operation) ?? new PreparedOperation(schema, document, operation, bounds);
    prepared.set(operation, known);
    const decide = (admission: Admission): void => {
      if ('errors' in admission) {
        // Finding the errors was work that grows with the document's length.
        context.charge.owe(documentPoints(query.length));
        return setResultAndStopExecution(admission);
      }
      context.admitted = admission;
      context.started(known.description);
    };
    const admission = known.admit({ ...variableValues }, context, context.charge);
    return admission instanceof Promise ? admission.then(decide) : decide(admission);
  };

  return {
    onParse({ params, context }) {
      const text = params.source.toString();
      // The cost of parsing and validation grows with the document's length, which is all that is known yet.
      if (!documents.get(text)) context.charge.spend(documentPoints(text.length));
      examined.add(context);
    },
    onExecute: admit,
    onSubscribe: admit,
    onExecutionResult({ context: { charge, params }, context }) {
      if (examined.has(context)) charge.owe(rejectedDocumentPoints(params.query?.length ?? 0));
    },
  };
}
