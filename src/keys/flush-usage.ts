import type { KeysContext } from './pending-usage.ts';

/** Maximum time that a response waits for usage to be written, milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Writes pending usage for a response that is read from its tables. While the database is locked, the response doesn't
 * wait for long, and omits usage that isn't written yet. Never rejects.
 */
export async function flushUsage({ usage }: Pick<KeysContext, 'usage'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([usage.flush(), late]);
  clearTimeout(timer);
}
