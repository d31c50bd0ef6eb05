import { csvFile } from '../../files/csv.ts';
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

/** The contents of a file with the entries. */
export function auditFile(entries: readonly AuditFactsFragment[], format: AuditFormat): string {
  const lines = entries.map(lineOf);
  if (format === 'json') return `${JSON.stringify(lines, null, 2)}\n`;
  return csvFile([COLUMNS, ...lines.map((line) => COLUMNS.map((column) => line[column]))]);
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
