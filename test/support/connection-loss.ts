import type { Plugin } from 'graphql-yoga';
import type { HttpContext } from '../../src/http/graphql/http-context.ts';

/** Ends a client's connection when its operation was executed, before the result is sent. */
export function connectionLoss() {
  /** Operations until the one that is lost; null: none is. */
  let left: number | null = null;
  const plugin: Plugin<HttpContext> = {
    onExecute: () => ({
      onExecuteDone({ args }) {
        if (left === null) return;
        left = left === 0 ? null : left - 1;
        if (left === null) (args.contextValue as unknown as HttpContext).exchange.request.socket.destroy();
      },
    }),
  };
  return {
    plugin: plugin as unknown as Plugin,
    /** Loses the result of the next operation, or of the one that follows after `others`. */
    next: (others = 0) => {
      left = others;
    },
    get pending() {
      return left !== null;
    },
  };
}
