/** Field to its values before and after; null if it had or has none. Never a secret or a hash. */
export type Changes = Readonly<Record<string, readonly [before: unknown, after: unknown]>>;

/** Actions of the audit log. */
export type DoneAction =
  | 'organization.created'
  | 'organization.updated'
  | 'organization.exported'
  | 'team.created'
  | 'team.updated'
  | 'team.deleted'
  | 'role.created'
  | 'role.updated'
  | 'role.deleted'
  | 'member.invited'
  | 'member.joined'
  | 'member.updated'
  | 'member.removed'
  | 'session.created'
  | 'session.ended'
  | 'identity.linked'
  | 'identity.unlinked'
  | 'sign_in_link.created'
  | 'api_key.created'
  | 'api_key.updated'
  | 'api_key.rotated'
  | 'api_key.secret_revoked'
  | 'api_key.secret_expired'
  | 'api_key.revoked'
  | 'api_key.expired';

/** Denied attempts in the audit log: nothing changed. */
export const DENIED_ACTIONS = [
  'organization.update',
  // The number of denied attempts that were not recorded.
  'organization.denied_attempts_omitted',
  'team.create',
  'team.update',
  'team.delete',
  'role.create',
  'role.update',
  'role.delete',
  'member.invite',
  'member.update',
  'member.remove',
  'api_key.create',
  'api_key.import',
  'api_key.update',
  'api_key.rotate',
  'api_key.revoke',
  'api_key.revoke_secret',
] as const;

export type DeniedAction = (typeof DENIED_ACTIONS)[number];

/** Every action in the audit log. */
export type Action = DoneAction | DeniedAction;

/** Whether the entry records a denied attempt instead of a change. */
export function isDenied(action: Action): action is DeniedAction {
  return (DENIED_ACTIONS as readonly Action[]).includes(action);
}

/** A committed change: one row of the audit log. The log is authoritative; this event is a hint. */
export interface ChangeEvent {
  readonly type: 'change';
  readonly id: string;
  readonly organizationId: string;
  /** Position in the organization's log. Increases by one. */
  readonly sequence: number;
  readonly action: Action;
  readonly actor: string;
  readonly targetId: string;
  readonly changes: Changes;
  readonly occurredAt: number;
  /** Announced again, so that its propagation can be awaited: caches drop the affected entries, and no other listener is notified. */
  readonly repeated?: true;
}

/** A change as far as caches depend on it. */
export type LoggedChange = Pick<ChangeEvent, 'organizationId' | 'sequence' | 'action' | 'targetId'>;

/** Accepted verifications: one, unless `count` is set. */
export interface UseEvent {
  readonly type: 'use';
  readonly organizationId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly at: number;
  readonly ip: string | null;
  /** Number of verifications, of which this is the newest. Omitted: one. */
  readonly count?: number;
}

/** Rejected verifications: one, unless `count` is set. */
export interface DenialEvent {
  readonly type: 'denial';
  /** Null if the key is unknown and the request named no organization. */
  readonly organizationId: string | null;
  /** Null: the key doesn't exist. */
  readonly keyId: string | null;
  readonly code: string;
  readonly at: number;
  readonly ip: string | null;
  /** Number of verifications, of which this is the newest. Omitted: one. */
  readonly count?: number;
}

/** Events carried by the bus. */
export type Event = ChangeEvent | UseEvent | DenialEvent;
