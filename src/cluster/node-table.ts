import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { NodeRow } from './nodes.ts';

/** All nodes in the table of the database in which changes are written. */
export async function readNodes(db: Kysely<Tables>): Promise<NodeRow[]> {
  const rows = await db
    .selectFrom('nodes')
    .select(['id', 'beat', 'lease_ms', 'watching', 'secret'])
    .execute();
  return rows.map(({ lease_ms: leaseMs, ...row }) => ({ ...row, leaseMs }));
}

/** Whether the row of a node with this secret exists, in a database that accepts writes. */
export async function isNodeKnown(
  db: Kysely<Tables>,
  { id, name }: { id: string; name: string },
  secret: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('nodes')
    .set({ name })
    .where('id', '=', id)
    .where('secret', '=', secret)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
