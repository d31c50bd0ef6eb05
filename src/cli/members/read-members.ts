import type { Ask } from '../ask.ts';
import { ListMembersDocument, type MemberRowFragment } from '../generated/graphql.ts';
import type { Page } from '../pages.ts';
import { required } from '../server-refusal.ts';

/** Reads a page of the members of the organization. Without an organization, of the caller's only one. */
export async function readMembers(
  ask: Ask,
  organizationId: string | null,
  page: { first: number; after: string | null },
): Promise<Page<MemberRowFragment>> {
  const { organization } = await ask(ListMembersDocument, { organizationId, ...page });
  if (!organization) throw new Error('No organization found with this ID');
  return required(organization.members);
}
