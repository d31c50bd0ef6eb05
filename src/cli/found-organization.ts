import type { Change } from '../command.ts';
import type { Context } from '../context.ts';
import { joinOrganization } from '../members/join-organization.ts';
import { insertOrganization, type NewOrganization } from '../organizations/insert-organization.ts';
import type { Organization } from '../organizations/organization.ts';
import { createSignInLink, type SignInLink } from '../sign-in/create-sign-in-link.ts';

/** A new organization and its owner, already validated. */
export interface Founding extends Pick<NewOrganization, 'name' | 'slug' | 'keyPrefix'> {
  readonly owner: { readonly email: string; readonly name: string | null };
}

/** An organization that someone can sign in to. */
export interface Founded {
  readonly organization: Organization;
  readonly userId: string;
  readonly link: SignInLink;
}

/** Creates an organization with its owner and a sign-in link. Rejects with ConflictError if the slug is taken. */
export async function foundOrganization(
  ctx: Context,
  change: Change,
  { owner, ...founding }: Founding,
): Promise<Founded> {
  const { maxActiveApiKeys } = ctx.config;
  const { organization, ownerRoleId } = await insertOrganization(change, { ...founding, maxActiveApiKeys });
  const organizationId = organization.id;
  const { userId } = await joinOrganization(change, { organizationId, ...owner, roleId: ownerRoleId });
  const link = await createSignInLink(change, ctx.publicUrl, userId);
  const changes = { expiresAt: [null, new Date(link.expiresAt).toISOString()] } as const;
  change.audit({ organizationId, action: 'sign_in_link.created', targetId: userId, changes });
  return { organization, userId, link };
}
