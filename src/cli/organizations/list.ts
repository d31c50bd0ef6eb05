import { connect } from '../ask.ts';
import { ListOrganizationsDocument } from '../generated/graphql.ts';
import type { Io } from '../io.ts';
import { type PageOptions, readPages } from '../pages.ts';
import { printJson } from '../print-json.ts';
import type { ServerOptions } from '../server-options.ts';
import { shortTime } from '../short-time.ts';
import { table } from '../table.ts';

/** Prints the organizations that the caller belongs to; for an operator, all. */
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
