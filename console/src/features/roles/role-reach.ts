import { useList } from '../../api/use-list.ts';
import {
  type MemberFactsFragment,
  type RoleFactsFragment,
  type RoleKeyFactsFragment,
  RoleKeysDocument,
  type RoleKeysQuery,
} from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { covers } from '../../viewer/permissions.ts';
import { useMembers } from '../members/member-list.ts';

/** Members and keys with a role. */
export interface RoleReach {
  readonly keys: readonly RoleKeyFactsFragment[];
  readonly people: readonly MemberFactsFragment[];
  /** Total number, including those not visible to the viewer or not loaded yet. */
  readonly keyCount: number;
  readonly peopleCount: number;
}

/** The keys and people that have the role. */
export function useRoleReach({ id, apiKeyCount, memberCount }: RoleFactsFragment): RoleReach {
  const { id: organizationId } = useOrganization();
  const can = useCan();
  const keys = useList(can('api.key.view') ? id : null, (roleId) => ({
    document: RoleKeysDocument,
    variables: (after: string | null) => ({ organizationId, roleId, after }),
    pageOf: ({ apiKeys }: RoleKeysQuery) => apiKeys,
    whole: true,
  }));
  const members = useMembers({ whole: true });
  return {
    keys: keys.rows,
    people: members.rows.filter(({ role }) => role.id === id),
    keyCount: apiKeyCount ?? 0,
    peopleCount: memberCount ?? 0,
  };
}

/** Which removed permissions a key actually loses: its own grants stay. */
export function lostBy({ grants }: RoleKeyFactsFragment, lost: readonly string[]): readonly string[] {
  return lost.filter((permission) => !covers(grants, permission));
}
