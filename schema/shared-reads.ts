import type { GraphQLContext } from './context.ts';
import { onePerOperation } from './operation-caches.ts';

const reads = onePerOperation(() => new Map<string, Promise<unknown>>());

/**
 * Does a read once for all fields of an operation that ask for the same, such as lists under several aliases. `name` and
 * `args`, which are plain data, say what is read.
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
