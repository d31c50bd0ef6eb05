import { type Action, type DoneAction, isDenied, type LoggedChange } from '../changes/events.ts';

/** Cached key state that committed changes of an organization have invalidated. */
export interface Stale {
  /** Null: anything may have changed, in any organization. No cached state may be used. */
  readonly organizationId: string | null;
  /** Sequences of the first and the last of the changes; there is no gap between them. */
  readonly first: number;
  readonly last: number;
  /** The affected keys; empty if no verification depends on the changes. Null: any key of the organization. */
  readonly keyIds: readonly string[] | null;
}

/** Invalidates everything. */
export const ALL_STALE: Stale = { organizationId: null, first: 0, last: 0, keyIds: null };

/** What a change invalidates for verification: nothing, its target key, or any key of the organization. */
const CONCERNS: Readonly<Record<DoneAction, 'nothing' | 'key' | 'organization'>> = {
  'organization.created': 'nothing',
  // Its web origins may have changed, which apply to its callers.
  'organization.updated': 'organization',
  'organization.exported': 'nothing',
  'team.created': 'nothing',
  'team.updated': 'nothing',
  'team.deleted': 'organization',
  'role.created': 'nothing',
  'role.updated': 'organization',
  'role.deleted': 'organization',
  'member.invited': 'nothing',
  'member.joined': 'nothing',
  'member.updated': 'nothing',
  'member.removed': 'nothing',
  'session.created': 'nothing',
  'session.ended': 'nothing',
  'identity.linked': 'nothing',
  'identity.unlinked': 'nothing',
  'sign_in_link.created': 'nothing',
  'api_key.created': 'nothing',
  'api_key.updated': 'key',
  'api_key.rotated': 'key',
  'api_key.secret_revoked': 'key',
  'api_key.secret_expired': 'nothing',
  'api_key.revoked': 'key',
  // Verification compares times, so recording an expiry doesn't change its result.
  'api_key.expired': 'nothing',
};

/** What changes invalidate, one entry per organization. Those of each organization are in order and without gaps. */
export function staleBy(changes: readonly LoggedChange[]): Stale[] {
  const found = new Map<string, { first: number; last: number; keyIds: Set<string> | null }>();
  for (const { organizationId, sequence, action, targetId } of changes) {
    const known = found.get(organizationId);
    const stale = known ?? { first: sequence, last: sequence, keyIds: new Set<string>() };
    stale.last = sequence;
    const concerns = concernsOf(action);
    if (concerns === 'organization') stale.keyIds = null;
    else if (concerns === 'key') stale.keyIds?.add(targetId);
    found.set(organizationId, stale);
  }
  return [...found].map(([organizationId, { first, last, keyIds }]) => ({
    organizationId,
    first,
    last,
    keyIds: keyIds && [...keyIds],
  }));
}

/** An unknown action, of a newer program on the same database, may affect anything. */
function concernsOf(action: Action): 'nothing' | 'key' | 'organization' {
  if (isDenied(action)) return 'nothing';
  return action in CONCERNS ? CONCERNS[action] : 'organization';
}

/** Whether the result of a verification may change. */
export function concernsKeys({ keyIds }: Stale): boolean {
  return keyIds === null || keyIds.length > 0;
}
