import { foldName } from '../../core/input.ts';
import type { Ask } from '../ask.ts';
import { FindRolesDocument, FindTeamsDocument } from '../generated/graphql.ts';
import { findInPages, type Page } from '../pages.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

type Kind = 'role' | 'team';

/** The number of names that are listed if none matches. */
const NAMED_MAX = 20;

/**
 * The id of a role of the organization, by id or case-insensitive name. Without an organization, the caller's only
 * one. Rejects if there is no such role.
 */
export function findRole(ask: Ask, organizationId: string | null, nameOrId: string): Promise<string> {
  return findByName('role', nameOrId, async (after) => {
    const { organization } = await ask(FindRolesDocument, { organizationId, after });
    return organization?.roles ?? null;
  });
}

/** The same for a team. */
export function findTeam(ask: Ask, organizationId: string | null, nameOrId: string): Promise<string> {
  return findByName('team', nameOrId, async (after) => {
    const { organization } = await ask(FindTeamsDocument, { organizationId, after });
    return organization?.teams ?? null;
  });
}

/** The same for several teams, in their order. */
export async function findTeams(
  ask: Ask,
  organizationId: string | null,
  nameOrId: readonly string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const team of nameOrId) ids.push(await findTeam(ask, organizationId, team));
  return ids;
}

async function findByName(
  kind: Kind,
  nameOrId: string,
  read: (after: string | null) => Promise<Page<Named> | null>,
): Promise<string> {
  if (nameOrId.startsWith(`${kind}_`)) return nameOrId;
  const name = foldName(nameOrId);
  const names: string[] = [];
  const found = await findInPages(
    async ({ after }) => {
      const page = await read(after);
      if (!page) throw new Error('No organization found with this ID');
      return page;
    },
    (row) => {
      if (names.length < NAMED_MAX) names.push(row.name);
      return foldName(row.name) === name;
    },
  );
  if (!found) {
    const others =
      names.length > 0
        ? `. Existing ${kind}s: ${names.join(', ')}`
        : `. The organization has no ${kind}s yet`;
    throw new Error(`No ${kind} found with the name ${nameOrId}${others}`);
  }
  return found.id;
}
