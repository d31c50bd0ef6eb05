import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { Action } from '../changes/events.ts';

/** Most changes of an organization that are read to catch up; after more, everything of it is forgotten. */
export const CATCH_UP_MAX = 500;

export interface LoggedChange {
  readonly sequence: number;
  readonly action: Action;
  readonly target_id: string;
}

/** Changes of an organization (first parameter) after a sequence (second), at most CATCH_UP_MAX, in order. */
export function queryChanges(db: Kysely<Tables>): CompiledQuery<LoggedChange> {
  return db
    .selectFrom('audit_log')
    .select(['sequence', sql<Action>`action`.as('action'), 'target_id'])
    .where('organization_id', '=', '')
    .where('sequence', '>', 0)
    .orderBy('sequence')
    .limit(sql.lit(CATCH_UP_MAX))
    .compile();
}

/** The sequence of an organization's last change; its id is the only parameter. */
export function queryPosition(db: Kysely<Tables>): CompiledQuery<{ value: number }> {
  return db.selectFrom('organization_sequences').select('value').where('organization_id', '=', '').compile();
}
