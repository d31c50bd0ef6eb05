import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { endCaches, startCaches } from '../../../schema/operation-caches.ts';
import { execute } from '../execution/execute.ts';
import type { OperationContext } from '../operation-context.ts';

/** Executes admitted operations by their plans, within their response budgets, until their clients disconnect. */
export function useExecutor(): Plugin<OperationContext, OperationContext> {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(executeAdmitted);
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(subscribeAdmitted);
    },
  };
}

async function executeAdmitted(args: ExecutionArgs): Promise<ExecutionResult> {
  const context = contextOf(args);
  startCaches(context);
  try {
    const { variables: coerced, budget } = admittedBy(context);
    return await execute({ ...args, coerced, budget, signal: context.request.signal });
  } finally {
    endCaches(context);
  }
}

function subscribeAdmitted(args: ExecutionArgs) {
  const context = contextOf(args);
  const { document, operation, cost } = admittedBy(context);
  return context.subscribe({ document, operation, variables: args.variableValues ?? {}, cost });
}

function contextOf(args: ExecutionArgs) {
  return args.contextValue as OperationContext & { readonly request: Request };
}

function admittedBy({ admitted }: OperationContext) {
  if (!admitted) throw new Error('The operation was not admitted');
  return admitted;
}
