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

/** Who and what has a role. */
export interface RoleReach {
  readonly keys: readonly RoleKeyFactsFragment[];
  readonly people: readonly MemberFactsFragment[];
  /** How many there are, those that the viewer may not see or that are not loaded yet included. */
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

/** What of the lost permissions a key really loses: its own grants stay. */
export function lostBy({ grants }: RoleKeyFactsFragment, lost: readonly string[]): readonly string[] {
  return lost.filter((permission) => !covers(grants, permission));
}
