import type { Migration } from 'kysely';
import * as keysAndOrganizations from './0001-keys-and-organizations.ts';

/** All migrations, oldest first. Once released, one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-keys-and-organizations': keysAndOrganizations,
};
