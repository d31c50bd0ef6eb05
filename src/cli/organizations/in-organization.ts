import type { Ask } from '../ask.ts';
import { ListOrganizationsDocument } from '../generated/graphql.ts';
import type { Io } from '../io.ts';
import { findInPages } from '../pages.ts';
import { ServerRefusal } from '../server-refusal.ts';
import { table } from '../table.ts';

/** Organizations listed in an error. */
const LISTED_MAX = 20;

/**
 * Calls `work` with the ID of an organization, named by ID or slug or else in KEYWRIGHT_ORGANIZATION; with null if
 * neither is set, for the caller's only organization. Rejects with what `work` rejects with. If there is no such
 * organization, or one is required, the error lists those that the caller can choose.
 */
export async function inOrganization<T>(
  { env }: Pick<Io, 'env'>,
  ask: Ask,
  slugOrId: string | undefined,
  work: (organizationId: string | null) => Promise<T>,
): Promise<T> {
  const named = slugOrId ?? (env.KEYWRIGHT_ORGANIZATION || undefined);
  const id = named === undefined || named.startsWith('org_') ? (named ?? null) : await findBySlug(ask, named);
  try {
    return await work(id);
  } catch (error) {
    if (id !== null || !(error instanceof ServerRefusal) || !error.lacksOrganization) throw error;
    throw new Error(`--organization: is required. ${await choices(ask)}`);
  }
}

async function findBySlug(ask: Ask, slug: string): Promise<string> {
  const found = await findInPages(
    async (page) => (await ask(ListOrganizationsDocument, page)).viewer.organizations,
    (one) => one.slug === slug,
  );
  if (found) return found.id;
  throw new Error(`No organization found with the slug ${slug}. ${await choices(ask)}`);
}

async function choices(ask: Ask): Promise<string> {
  const { viewer } = await ask(ListOrganizationsDocument, { first: LISTED_MAX });
  const { nodes, pageInfo } = viewer.organizations;
  const rows = nodes.map(({ slug, name, id }) => [slug, name, id]);
  const more = pageInfo.hasNextPage ? '\nTo list all of them, run keywright organizations list --all' : '';
  return `You can choose one of these by slug or ID:\n${table(['SLUG', 'NAME', 'ID'], rows).trimEnd()}${more}`;
}
