/** A start-up error in one line: which setting, where, what is wrong, and how to fix it. */
export class StartError extends Error {
  override name = 'StartError';
}

/** The code of an error of Node.js or a driver: `EADDRINUSE`, `SQLITE_NOTADB`, `28P01`; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The root cause of an error. Of an AggregateError, that of the first error. */
export function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 10; depth += 1) {
    if (root instanceof AggregateError && root.errors.length > 0) [root] = root.errors;
    else if (root instanceof Error && root.cause !== undefined) root = root.cause;
    else break;
  }
  return root;
}
