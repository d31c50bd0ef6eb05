import type { Plugin } from 'graphql-yoga';
import type { OperationContext } from '../operation-context.ts';

/** Measures how long operations take, from parsing their documents until their results are there. */
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
