import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Changes } from '../changes/events.ts';
import type { Input } from '../core/input.ts';
import { ORIGIN_FORM, parseOrigin } from '../core/origin.ts';

/** Maximum number of web origins of an organization. */
const ALLOWED_ORIGINS_MAX = 50;

/** Validates web origins, at most 50; null: none. Returns them as browsers send them, sorted. */
export function readAllowedOrigins(
  input: Input,
  path: readonly string[],
  provided: readonly string[] | null,
): string[] {
  const origins = new Set<string>();
  input.list(path, provided, ALLOWED_ORIGINS_MAX).forEach((text, index) => {
    const at = [...path, String(index)];
    const origin = parseOrigin(text);
    if (origin === null) input.fault(at, 'INVALID_FORMAT', ORIGIN_FORM);
    else if (origins.has(origin)) input.fault(at, 'DUPLICATE', `${origin} is listed twice`);
    else origins.add(origin);
  });
  return [...origins].sort();
}

/** The web origins that organizations allow, sorted. Organizations without any have no entry. */
export async function loadAllowedOrigins(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (organizationIds.length === 0) return found;
  const rows = await db
    .selectFrom('allowed_origins')
    .selectAll()
    .where('organization_id', 'in', organizationIds)
    .orderBy('organization_id')
    .orderBy('origin')
    .execute();
  for (const { organization_id: id, origin } of rows) {
    const origins = found.get(id);
    if (origins) origins.push(origin);
    else found.set(id, [origin]);
  }
  return found;
}

/** Those of these origins that at least one organization allows. */
export async function findAllowedOrigins(
  db: Kysely<Tables>,
  origins: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('allowed_origins')
    .select('origin')
    .distinct()
    .where('origin', 'in', origins)
    .execute();
  return new Set(rows.map(({ origin }) => origin));
}

/** Replaces an organization's origins. Returns the change for the audit log, empty if nothing differs. */
export async function replaceAllowedOrigins(
  tx: Transaction<Tables>,
  organizationId: string,
  after: readonly string[],
): Promise<Changes> {
  const before = (await loadAllowedOrigins(tx, [organizationId])).get(organizationId) ?? [];
  if (isDeepStrictEqual(before, after)) return {};
  await tx.deleteFrom('allowed_origins').where('organization_id', '=', organizationId).execute();
  const rows = after.map((origin) => ({ organization_id: organizationId, origin }));
  if (rows.length > 0) await tx.insertInto('allowed_origins').values(rows).execute();
  return { allowedOrigins: [before, after] };
}
