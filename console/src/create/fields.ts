import type { Fault } from '../api/fault.ts';
import type { KeyDraft } from './key-draft.ts';

/** What each part of the form is handed. */
export interface FieldsProps {
  readonly draft: KeyDraft;
  readonly fault: Fault | null;
  change(changes: Partial<KeyDraft>): void;
}

/** Fields of the input that show their own complaints. */
export const SHOWN_FIELDS = [
  'name',
  'description',
  'externalId',
  'roleId',
  'grants',
  'teamIds',
  'expiresAt',
  'ipAllowlist',
  'rateLimit',
] as const;

const DRAFT_FIELDS: Readonly<Record<string, readonly (keyof KeyDraft)[]>> = {
  name: ['name'],
  description: ['description'],
  externalId: ['externalId'],
  roleId: ['roleId'],
  grants: ['grants'],
  teamIds: ['teamIds'],
  expiresAt: ['expiry'],
  ipAllowlist: ['addresses'],
  rateLimit: ['limit', 'windowSeconds'],
};

/** The fault of what was sent, without what was said about fields that have been changed since. */
export function faultOfDraft(fault: Fault | null, sent: KeyDraft, draft: KeyDraft): Fault | null {
  if (!fault) return null;
  const isSame = (field: string) => (DRAFT_FIELDS[field] ?? []).every((name) => sent[name] === draft[name]);
  if (fault.code === 'ESCALATION' && !(isSame('roleId') && isSame('grants') && isSame('teamIds')))
    return null;
  return { ...fault, at: (field) => (isSame(field) ? fault.at(field) : null) };
}
