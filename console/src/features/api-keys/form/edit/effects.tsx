import type { ReactNode } from 'react';
import { now } from '../../../../api/clock.ts';
import { counted } from '../../../../design/primitives/counted.ts';
import { duration } from '../../../../design/primitives/duration.ts';
import { FullTime } from '../../../../design/primitives/time.tsx';
import { roleName } from '../../../roles/role-name.ts';
import { policyOf } from '../key-draft.ts';
import { readMetadata } from '../metadata.ts';
import type { EditDraft, EditedKey, EditField } from './edit-draft.ts';

/** Input of an effect's description. */
export interface EffectFacts {
  readonly draft: EditDraft;
  readonly apiKey: EditedKey;
  readonly newRole: string | undefined;
  readonly teamNames: ReadonlyMap<string, string>;
}

/** Describes in a sentence how a field's new value affects the key. */
export function effectOf(field: EditField, facts: EffectFacts): ReactNode {
  return EFFECTS[field](facts);
}

const GONE = 'Removed.';

const EFFECTS: Readonly<Record<EditField, (facts: EffectFacts) => ReactNode>> = {
  name: ({ draft }) => `“${draft.name.trim()}”`,
  description: ({ draft }) => draft.description.trim() || GONE,
  externalId: ({ draft }) =>
    draft.externalId.trim() ? `Gateways get “${draft.externalId.trim()}” with every request.` : GONE,
  metadata: ({ draft }) => {
    const { value } = readMetadata(draft.metadata);
    if (!value) return 'It is not a valid JSON object yet.';
    return Object.keys(value).length === 0
      ? GONE
      : `Replaced as a whole. New fields: ${Object.keys(value).join(', ')}.`;
  },
  roleId: ({ apiKey, newRole = 'none' }) =>
    `${roleName(newRole)} instead of ${roleName(apiKey.role?.name ?? 'none')}.`,
  grants: ({ draft }) =>
    draft.grants.length === 0
      ? 'Removed.'
      : `${counted(draft.grants.length, 'permission')} in addition to the role.`,
  enabled: ({ draft }) =>
    draft.enabled
      ? 'The key works again immediately.'
      : 'The key stops working immediately, until it is enabled again.',
  teamIds: ({ draft: { teamIds }, teamNames }) =>
    teamIds.length === 0
      ? 'All teams are allowed.'
      : `Accepted for ${teamIds.map((id) => teamNames.get(id) ?? id).join(', ')}  only.`,
  expiresAt: ({ draft, apiKey }) => {
    const { expiresAt } = policyOf(draft, now());
    const isBack = apiKey.status === 'EXPIRED' ? 'The key works again.  ' : '';
    if (!expiresAt) return `${isBack}It does not expire.`;
    return (
      <>
        {isBack}Expires <FullTime at={expiresAt} />.
      </>
    );
  },
  rateLimit: ({ draft }) => {
    const { rateLimit } = policyOf(draft, 0);
    if (!rateLimit) return 'Unlimited.';
    return `${counted(rateLimit.limit, 'request')} in ${duration(rateLimit.windowSeconds)}.`;
  },
  ipAllowlist: ({ draft }) => {
    const networks = policyOf(draft, 0).ipAllowlist ?? [];
    return networks.length === 0
      ? 'Accepted from any address.'
      : `Accepted from ${networks.join(', ')}  only.`;
  },
};
