import type { Principal } from '../../access/principal.ts';
import { isId } from '../../core/ids.ts';

/** Maximum number of a user's organizations that are examined. */
export const ORGANIZATIONS_MAX = 20;

/** The organization that arguments name, or null. */
export function organizationIn({
  organizationId,
  id,
  input,
}: Readonly<Record<string, unknown>>): string | null {
  const inside = (input as { organizationId?: unknown } | null | undefined)?.organizationId;
  for (const one of [organizationId, id, inside]) if (typeof one === 'string' && isId('org', one)) return one;
  return null;
}

/** Ids of organizations in variables, and one level below. */
export function idsIn(variables: Readonly<Record<string, unknown>>): string[] {
  const values = Object.values(variables).flatMap((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : [value],
  );
  return values.filter((value): value is string => typeof value === 'string' && isId('org', value));
}

/** Organizations of the caller, at most ORGANIZATIONS_MAX. */
export function ownOrganizations(principal: Principal | null): readonly string[] {
  if (principal?.kind !== 'user' && principal?.kind !== 'key') return [];
  return principal.organizationIds.slice(0, ORGANIZATIONS_MAX);
}
