import type { GraphQLContext } from './context.ts';
import { onePerOperation } from './operation-caches.ts';

const reads = onePerOperation(() => new Map<string, Promise<unknown>>());

/**
 * Shares a read between fields of an operation with the same arguments, such as aliases. `name` and `args` (plain
 * data) identify it.
 */
export function shareRead<T>(
  ctx: GraphQLContext,
  name: string,
  args: readonly unknown[],
  read: () => Promise<T>,
): Promise<T> {
  const known = reads(ctx);
  const key = `${name} ${JSON.stringify(args)}`;
  const shared = (known.get(key) as Promise<T> | undefined) ?? read();
  known.set(key, shared);
  return shared;
}
