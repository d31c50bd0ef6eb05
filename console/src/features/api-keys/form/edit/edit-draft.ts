import type { EditedKeyQuery, UpdateApiKeyInput } from '../../../../generated/graphql.ts';
import { EMPTY_DRAFT, type KeyDraft, type Policy, policyOf } from '../key-draft.ts';
import { metadataText } from '../metadata.ts';

/** A key with its editable properties. */
export type EditedKey = NonNullable<EditedKeyQuery['apiKey']>;

/** Form values of an existing key. */
export interface EditDraft extends KeyDraft {
  readonly enabled: boolean;
}

/** An editable part of a key, by its name in the API's input. */
export type EditField = keyof EditDraft;

/** Field labels, in form order. */
export const FIELD_NAMES: Readonly<Record<EditField, string>> = {
  name: 'Name',
  enabled: 'Enabled',
  expiresAt: 'Expiry',
  roleId: 'Role',
  grants: 'Permissions granted directly',
  teamIds: 'Teams',
  ipAllowlist: 'Allowed IPs',
  rateLimit: 'Rate limit',
  description: 'Description',
  externalId: 'External ID',
  metadata: 'Metadata',
};

const FIELDS = Object.keys(FIELD_NAMES) as readonly EditField[];

/** The key as form values. */
export function draftOf(key: EditedKey): EditDraft {
  const { rateLimit } = key;
  return {
    name: key.name,
    description: key.description ?? '',
    externalId: key.externalId ?? '',
    metadata: metadataText(key.metadata ?? {}),
    roleId: key.role?.id ?? '',
    grants: key.grants,
    teamIds: key.teams.map(({ id }) => id),
    expiresAt: key.expiresAt ? { kind: 'kept', at: key.expiresAt } : EMPTY_DRAFT.expiresAt,
    ipAllowlist: key.ipAllowlist.join('\n'),
    rateLimit: rateLimit
      ? { limit: String(rateLimit.limit), windowSeconds: rateLimit.windowSeconds }
      : EMPTY_DRAFT.rateLimit,
    enabled: key.status !== 'DISABLED',
  };
}

/** The fields that differ between two drafts, in form order. */
export function differingFields(one: EditDraft, other: EditDraft): readonly EditField[] {
  // Only compares the times.
  const [left, right] = [editedPolicy(one, 0), editedPolicy(other, 0)];
  return FIELDS.filter((field) => comparable(left[field]) !== comparable(right[field]));
}

/** The input that sets these fields to the draft's values. Other fields are left unchanged. */
export function updateOf(draft: EditDraft, fields: readonly EditField[], now: number) {
  const policy = editedPolicy(draft, now);
  const changes = fields.map((field) => [field, policy[field]] as const);
  return Object.fromEntries(changes) as Omit<UpdateApiKeyInput, 'id'>;
}

function editedPolicy(draft: EditDraft, now: number): Policy & { readonly enabled: boolean } {
  return { ...policyOf(draft, now), enabled: draft.enabled };
}

/** Lists are compared as sets, and texts without surrounding white space. */
function comparable(value: unknown): string {
  return JSON.stringify(
    Array.isArray(value) ? [...value].sort() : typeof value === 'string' ? value.trim() : value,
  );
}
