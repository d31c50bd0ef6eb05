import type { Services } from '../../src/context.ts';
import { newId } from '../../src/core/ids.ts';

/** Rows of one insert: both engines take so many values at once. */
const ROWS = 100;

/** Puts copies of a key into its organization, without secrets: rows for a scan to read. */
export async function copyKey(
  { services: { db } }: { readonly services: Services },
  keyId: string,
  copies: number,
): Promise<void> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', keyId).executeTakeFirstOrThrow();
  for (let done = 0; done < copies; done += ROWS) {
    const count = Math.min(ROWS, copies - done);
    const rows = Array.from({ length: count }, () => ({ ...row, id: newId('key') }));
    await db.insertInto('api_keys').values(rows).execute();
  }
}
