import type { Plugin } from 'graphql-yoga';
import type { OperationContext } from '../operation-context.ts';

/** Measures the duration of operations, from parsing their documents to their results. */
export function useMeasurements(): Plugin<OperationContext, OperationContext> {
  return {
    onParams({ context, paramsHandler, setParamsHandler }) {
      const { measurements } = context;
      if (!measurements) return;
      setParamsHandler(async (payload) => {
        const begunAt = performance.now();
        try {
          return await paramsHandler(payload);
        } finally {
          const type = context.admitted?.operation.operation ?? 'rejected';
          measurements.operation(type, performance.now() - begunAt);
        }
      });
    },
  };
}
