import { connect } from '../ask.ts';
import { ListOrganizationsDocument } from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import { type PageOptions, readPages } from '../pages.ts';
import type { ServerOptions } from '../server-options.ts';
import { shortTime, table } from '../table.ts';

/** Prints the organizations that the caller belongs to; for an operator token, all of them. */
export async function listOrganizations(io: Io, options: ServerOptions & PageOptions): Promise<void> {
  const ask = connect(io, options);
  const organizations = await readPages(io, options, async (page) => {
    const { viewer } = await ask(ListOrganizationsDocument, page);
    return viewer.organizations;
  });
  if (options.json) return printJson(io, organizations);
  const rows = organizations.map((one) => [
    one.id,
    one.name,
    one.slug,
    one.keyPrefix,
    shortTime(one.createdAt),
  ]);
  io.stdout.write(table(['ID', 'NAME', 'SLUG', 'KEY PREFIX', 'CREATED'], rows));
}
