import { type Kysely, sql } from 'kysely';
import { createIndex, type Progress } from './migration.ts';

export const title = 'Indexes password hashes by organization';
export const apart = true;

/** Finds the password hashes of an organization by the visible start of their secrets. */
const INDEX = {
  name: 'api_key_secrets_candidates',
  on: 'api_key_secrets',
  columns: 'candidate_organization_id, start, id',
  where: `substr(hash, 1, 1) = '$'`,
} as const;

export async function up(db: Kysely<unknown>, progress?: Progress): Promise<void> {
  await sql`
    update api_key_secrets
    set candidate_organization_id = (select organization_id from api_keys where api_keys.id = api_key_id)
    where substr(hash, 1, 1) = '$' and candidate_organization_id is null`.execute(db);
  await createIndex(db, INDEX, progress);
}
