import type { KeysContext } from './pending-usage.ts';

/** How long a response waits for usage to be written, milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Writes the usage gathered, for an answer that is read from its tables. While the database is locked the answer doesn't
 * wait for long: it omits what isn't written yet. Never rejects.
 */
export async function flushUsage({ usage }: Pick<KeysContext, 'usage'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([usage.flush(), late]);
  clearTimeout(timer);
}
