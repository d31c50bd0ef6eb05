import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Engine } from '../../../db/database.ts';
import { isPostgres } from '../../../db/is-postgres.ts';
import { type ApiKeyIndex, apiKeysBy } from '../../../db/queries/api-key-index.ts';
import { keysWithMetadata } from '../../../db/queries/metadata-index.ts';
import { keysContaining } from '../../../db/queries/search-index.ts';
import { NEVER, type Tables } from '../../../db/tables/tables.ts';
import type { KeyScope } from '../../access/key-scope.ts';
import { isProvided } from '../../core/provided.ts';
import type { RotationPolicy } from '../../organizations/organization.ts';
import { type ApiKeyFilter, isNarrowed, type Kept, keptBy, rotationLimits } from './api-key-filter.ts';

/** The keys in a list, in any order. */
export interface KeySelection {
  readonly engine: Engine;
  readonly organizationId: string;
  readonly filter: ApiKeyFilter;
  readonly policy: RotationPolicy;
  readonly now: number;
  readonly scope: KeyScope;
  /** Only keys bound to this team. */
  readonly boundToTeam: string | undefined;
}

/** Finds distinct key ids by an index alone. */
export type KeyIds = SelectQueryBuilder<Tables, never, { id: string }>;

/** An index that leads to all keys of one part of a selection, and possibly to others. */
export interface Narrowing {
  readonly ids: KeyIds;
  /** Whether finding them may read more index entries than there are keys. */
  readonly isSlow?: boolean;
  /** Whether it finds only keys of the selection. */
  readonly isExact?: boolean;
}

/** The indexes that lead to the whole selection, one for each part of it. */
export function narrowings(db: Kysely<Tables>, selection: KeySelection): Narrowing[] {
  const { organizationId, filter, policy, scope, boundToTeam } = selection;
  const { kept, whole } = keptBy(filter);
  const isUnrevoked = kept === 'unrevoked';
  const { environment, roleId, teamId, externalId, createdById, search, metadata } = filter;
  const { unusedSince, expiresBefore, rotationDueBefore } = filter;
  // Reads only indexed columns: anything else would need a row look-up per key.
  const own = (index: ApiKeyIndex) =>
    apiKeysBy(db, index).where('api_keys.organization_id', '=', organizationId);
  const unrevoked = (index: ApiKeyIndex, otherwise: ApiKeyIndex) =>
    isUnrevoked ? own(index).where('api_keys.revoked_at', 'is', null) : own(otherwise);
  const byRotation = () => unrevoked('api_keys_unrevoked_by_rotation', 'api_keys_by_rotation');
  const byExpiry = () => unrevoked('api_keys_unrevoked_by_expiry', 'api_keys_by_expiry');
  const isExact =
    (whole || new Set(filter.status).size === 1) && !isNarrowed(filter) && !scope && !isProvided(boundToTeam);
  const found: Narrowing[] = [{ ids: byStatus(db, selection, kept), isExact }];
  const add = (ids: SelectQueryBuilder<Tables, 'api_keys', object>): void => {
    found.push({ ids: ids.select('api_keys.id') as unknown as KeyIds });
  };
  if (isProvided(externalId)) add(own('api_keys_by_external_id').where('external_id', '=', externalId));
  if (isProvided(createdById)) add(own('api_keys_by_creator').where('created_by', '=', createdById));
  if (isProvided(roleId))
    add(
      apiKeysBy(db, 'api_keys_by_role')
        .where('role_id', '=', roleId)
        .where(({ exists, selectFrom }) =>
          // Must not reveal how many keys a role of another organization has.
          exists(
            selectFrom('current_roles')
              .select('current_roles.id')
              .where('current_roles.id', '=', roleId)
              .where('current_roles.organization_id', '=', organizationId),
          ),
        ),
    );
  if (isProvided(environment)) add(byRotation().where('environment', '=', environment));
  if (isProvided(expiresBefore)) add(byExpiry().where('expires_at', '<', Math.min(expiresBefore, NEVER)));
  if (isProvided(rotationDueBefore)) {
    const due = rotationLimits(policy, rotationDueBefore).map(([of, before]) =>
      byRotation().where('environment', '=', of).where('rotated_at', '<', before).select('api_keys.id'),
    );
    const [first, second] = due;
    if (first) found.push({ ids: (second ? first.unionAll(second) : first) as unknown as KeyIds });
  }
  if (isProvided(unusedSince)) {
    const unused = db
      .selectFrom('api_key_usage')
      .select('api_key_usage.api_key_id as id')
      .where('api_key_usage.organization_id', '=', organizationId)
      .where('api_key_usage.last_used_at', '<', unusedSince);
    found.push({ ids: unused as unknown as KeyIds });
  }
  for (const teamIds of [scope, ...[teamId, boundToTeam].filter(isProvided).map((id) => [id])])
    if (teamIds) found.push(ofTeams(db, organizationId, teamIds));
  const containing = isProvided(search) ? keysContaining(db, organizationId, search) : null;
  if (containing) found.push({ ids: containing, isSlow: true });
  if (isProvided(metadata)) found.push({ ids: keysWithMetadata(db, organizationId, metadata), isSlow: true });
  return found;
}

function byStatus(db: Kysely<Tables>, { organizationId, filter, now }: KeySelection, kept: Kept): KeyIds {
  const statuses = [...new Set(filter.status)];
  const [status] = statuses.length === 1 ? statuses : [];
  const index = {
    ACTIVE: 'api_keys_unrevoked_by_expiry',
    EXPIRED: 'api_keys_unrevoked_by_expiry',
    DISABLED: 'api_keys_disabled',
    REVOKED: 'api_keys_revoked',
  } as const;
  const whole = kept === 'all' ? 'api_keys_by_age' : 'api_keys_unrevoked_by_age';
  let keys = apiKeysBy(db, status ? index[status] : whole)
    .where('api_keys.organization_id', '=', organizationId)
    .select('api_keys.id');
  if (kept !== 'all') keys = keys.where('api_keys.revoked_at', kept === 'revoked' ? 'is not' : 'is', null);
  if (status === 'DISABLED') keys = keys.where('api_keys.enabled', '=', sql.lit(0));
  if (status === 'ACTIVE' || status === 'EXPIRED')
    keys = keys
      .where('api_keys.enabled', '=', sql.lit(1))
      .where('api_keys.expires_at', status === 'ACTIVE' ? '>' : '<=', now);
  return keys as unknown as KeyIds;
}

/** Teams of other organizations have no keys here. Must not reveal how many they have there. */
function ofTeams(db: Kysely<Tables>, organizationId: string, teamIds: readonly string[]): Narrowing {
  const own = db
    .selectFrom('teams')
    .select('teams.id')
    .where(sql<string>`teams.organization_id || ''`, '=', organizationId)
    .where('teams.id', 'in', teamIds.length > 0 ? teamIds : ['']);
  const bonds = db
    .selectFrom('api_key_teams')
    .select('api_key_teams.api_key_id as id')
    .where('api_key_teams.team_id', 'in', own);
  if (teamIds.length <= 1) return { ids: bonds as unknown as KeyIds };
  // To remove duplicates, PostgreSQL would read the keys of all teams in key order.
  const apart = isPostgres(db) ? bonds.offset(sql.lit(0)) : bonds;
  const ids = db.selectFrom(apart.as('bonds')).select('bonds.id').distinct();
  return { ids: ids as unknown as KeyIds, isSlow: true };
}
