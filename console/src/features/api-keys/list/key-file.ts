import { csvFile } from '../../../files/csv.ts';
import type { KeyFactsFragment } from '../../../generated/graphql.ts';

/** Columns of the file by their names in the API. `start` is what the list shows of a secret; no file has more of one. */
const COLUMNS = [
  'id',
  'name',
  'description',
  'start',
  'environment',
  'status',
  'role',
  'permissions',
  'teams',
  'createdAt',
  'updatedAt',
  'expiresAt',
  'rotationDueAt',
  'lastUsedAt',
  'lastUsedIp',
  'revokedAt',
  'revocationReason',
] as const;

/** The keys as CSV, one per line. */
export function keyFile(keys: readonly KeyFactsFragment[]): string {
  return csvFile([
    COLUMNS,
    ...keys.map((key) => {
      const role = key.role?.name ?? null;
      const line = { ...key, role, permissions: key.permissions.join(' '), teams: teamsOf(key) };
      return COLUMNS.map((column) => line[column]);
    }),
  ]);
}

/** Names can contain commas. */
function teamsOf({ teams }: KeyFactsFragment): string {
  return teams.map(({ name }) => name).join('\n');
}
