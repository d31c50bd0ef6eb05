import { type ShownList, useList } from '../../api/use-list.ts';
import { type MemberFactsFragment, MembersDocument } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';

/** The organization's members, oldest first, page by page or, with `whole`, all of them. */
export function useMembers({ whole = false } = {}): ShownList<MemberFactsFragment> {
  const { id } = useOrganization();
  const can = useCan();
  return useList(can('member.view') ? id : null, (organizationId) => ({
    document: MembersDocument,
    variables: (after: string | null) => ({ organizationId, after }),
    pageOf: ({ organization }) => organization?.members,
    whole,
  }));
}

/** A person's name, or the e-mail address if it is unknown. */
export function personName({ name, email }: { name?: string | null; email: string }): string {
  return name ?? email;
}
