import { csvFile, csvRows } from '../../files/csv.ts';
import type { ActorNameFragment, AuditFactsFragment } from '../../generated/graphql.ts';

/** An export format of the log. */
export type AuditFormat = 'csv' | 'json';

const COLUMNS = [
  'sequence',
  'occurredAt',
  'action',
  'outcome',
  'actorId',
  'actorName',
  'targetId',
  'changes',
  'ip',
  'userAgent',
] as const;

type Line = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

/** A page of entries as part of a file, after `before` entries. `isFirst`: it begins the file. `isLast`: it ends it. */
export function auditPart(
  entries: readonly AuditFactsFragment[],
  format: AuditFormat,
  place: { readonly before: number; readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const lines = entries.map(lineOf);
  if (format === 'csv') {
    const rows = lines.map((line) => COLUMNS.map((column) => line[column]));
    return place.isFirst ? csvFile([COLUMNS, ...rows]) : csvRows(rows);
  }
  const all = lines.map((line) => JSON.stringify(line)).join(',\n');
  const comma = place.before > 0 && all ? ',' : '';
  return `${place.isFirst ? '[' : comma}\n${all}${place.isLast ? '\n]\n' : ''}`;
}

/** The actor: the id used in filters, and the name. */
export function actorOf(actor: ActorNameFragment): { readonly id: string; readonly name: string } {
  const { displayName: name } = actor;
  return { id: actor.__typename === 'SystemActor' ? name : actor.id, name };
}

function lineOf(entry: AuditFactsFragment): Line {
  const { sequence, occurredAt, action, outcome, targetId, changes, ip, userAgent } = entry;
  const { id: actorId, name: actorName } = actorOf(entry.actor);
  return { sequence, occurredAt, action, outcome, actorId, actorName, targetId, changes, ip, userAgent };
}
