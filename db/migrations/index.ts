import type { Migration } from 'kysely';
import * as keysAndOrganizations from './0001-keys-and-organizations.ts';
import * as limitedSessions from './0002-limited-sessions.ts';

/** All migrations, oldest first. Once released, one is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-keys-and-organizations': keysAndOrganizations,
  '0002-limited-sessions': limitedSessions,
};
