import { type Ask, connect } from '../ask.ts';
import {
  ShowOrganizationDocument,
  type ShowOrganizationQuery,
  SummarizeKeysDocument,
  type SummarizeKeysQuery,
} from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import type { ServerOptions } from '../server-options.ts';
import { required, ServerRefusal } from '../server-refusal.ts';
import { facts, shortTime } from '../table.ts';
import { inOrganization } from './in-organization.ts';

type Shown = NonNullable<ShowOrganizationQuery['organization']>;
type Summary = NonNullable<SummarizeKeysQuery['organization']>['keySummary'];

/** Prints an organization by id or slug. Omitted: the caller's only one. */
export async function showOrganization(
  io: Io,
  idOrSlug: string | undefined,
  options: ServerOptions,
): Promise<void> {
  const ask = connect(io, options);
  const organization = await inOrganization(
    io,
    ask,
    idOrSlug,
    async (id) => (await ask(ShowOrganizationDocument, { id })).organization,
  );
  if (!organization) throw new Error('No organization found with this ID');
  const keySummary = await summarize(ask, organization.id);
  if (options.json) printJson(io, { ...organization, keySummary });
  else io.stdout.write(view(organization, keySummary));
}

/** Null if the caller may not view keys. */
async function summarize(ask: Ask, id: string): Promise<Summary | null> {
  try {
    const { organization } = await ask(SummarizeKeysDocument, { id });
    return organization?.keySummary ?? null;
  } catch (error) {
    if (error instanceof ServerRefusal && error.code === 'FORBIDDEN') return null;
    throw error;
  }
}

function view(organization: Shown, summary: Summary | null): string {
  const limits = required(organization.limits);
  const rotationPolicy = required(organization.rotationPolicy);
  const own = required(organization.permissionCatalog).filter(({ builtIn }) => !builtIn);
  return facts([
    ['ID', organization.id],
    ['Name', organization.name],
    ['Slug', organization.slug],
    ['Key prefix', organization.keyPrefix],
    ['Created', shortTime(organization.createdAt)],
    ['Active keys', `${limits.activeApiKeys} of ${limits.maxActiveApiKeys ?? 'any number'}`],
    ['Rotation, live', days(rotationPolicy.liveDays)],
    ['Rotation, test', days(rotationPolicy.testDays)],
    ['Custom permissions', own.map(({ name }) => name).join(', ')],
    ['Allowed origins', required(organization.allowedOrigins).join(', ')],
    ...(summary ? figures(summary) : []),
  ]);
}

/** Each count with its name. `10000+` means that there may be more. */
function figures(summary: Summary): [string, string][] {
  const values = Object.entries(summary as Record<string, number | boolean | string>);
  const exact = new Map(values.filter(([name]) => name.endsWith('IsExact')));
  return values
    .filter(([name]) => !exact.has(name) && name !== '__typename')
    .map(([name, count]) => [words(name), exact.get(`${name}IsExact`) === false ? `${count}+` : `${count}`]);
}

function days(count: number | null): string {
  return count === null ? 'none' : `every ${count} days`;
}

/** `rotationOverdue` as `Keys: rotation overdue`. */
function words(name: string): string {
  return `Keys: ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
