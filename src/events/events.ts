/** Field to its value before and after; null where there was or is none. Never a secret or a hash. */
export type Changes = Readonly<Record<string, readonly [before: unknown, after: unknown]>>;

/** Everything that can stand in the audit log. */
export type Action =
  | 'organization.created'
  | 'organization.updated'
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

/** A committed change: one row of the audit log. The log is the truth; this is the hint that there is something new. */
export interface ChangeEvent {
  readonly type: 'change';
  readonly id: string;
  readonly organizationId: string;
  /** Position in the organization's log; grows by one. */
  readonly sequence: number;
  readonly action: Action;
  readonly actor: string;
  readonly targetId: string;
  readonly changes: Changes;
  readonly occurredAt: number;
}

/** Accepted verifications: one, unless it says otherwise. */
export interface UseEvent {
  readonly type: 'use';
  readonly organizationId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly at: number;
  readonly ip: string | null;
  /** How many, of which this is the newest; left out: one. */
  readonly count?: number;
}

/** Refused verifications: one, unless it says otherwise. */
export interface DenialEvent {
  readonly type: 'denial';
  /** Null where the key is unknown and nobody was named who asked. */
  readonly organizationId: string | null;
  /** Null: no such key. */
  readonly keyId: string | null;
  readonly code: string;
  readonly at: number;
  readonly ip: string | null;
  /** How many, of which this is the newest; left out: one. */
  readonly count?: number;
}

/** What travels on the bus. */
export type Event = ChangeEvent | UseEvent | DenialEvent;
