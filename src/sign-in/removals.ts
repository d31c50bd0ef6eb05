import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Action, Changes } from '../changes/events.ts';

const REMOVED: Action = 'member.removed';

/** A person who may have been removed from an organization. */
export interface RemovedPerson {
  readonly userId: string;
  readonly email: string;
}

/**
 * How a person was last removed from an organization, by its audit log, which keeps this permanently: as a member
 * (`joined`), or as an invitation that was withdrawn. Null: never.
 */
export async function findRemoval(
  db: Kysely<Tables>,
  organizationId: string,
  person: RemovedPerson,
): Promise<'joined' | 'invited' | null> {
  const rows = await db
    .selectFrom('audit_log')
    .select('changes')
    .where('organization_id', '=', organizationId)
    .where('action', '=', REMOVED)
    .where((eb) =>
      eb.or([eb('changes', 'like', likeText(person.userId)), eb('changes', 'like', likeText(person.email))]),
    )
    .execute();
  const removals = rows.map((row) => JSON.parse(row.changes) as Changes);
  // The audit log doesn't contain the id of someone who had not joined.
  if (removals.some((changes) => changes.userId?.[0] === person.userId)) return 'joined';
  return removals.some((changes) => changes.email?.[0] === person.email) ? 'invited' : null;
}

/** Matches the text anywhere in JSON, and rarely other text: escaped characters and wildcards match any character. */
function likeText(text: string): string {
  return `%${text.replace(/[%_\\"]/g, '_')}%`;
}
