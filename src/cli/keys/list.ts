import { type Ask, connect } from '../ask.ts';
import {
  type ApiKeyFilter,
  type ApiKeyOrder,
  type ApiKeyOrderField,
  type ApiKeyStatus,
  type Environment,
  ListKeysDocument,
} from '../generated/graphql.ts';
import { type Io, printJson } from '../io.ts';
import { findRole, findTeam } from '../organizations/find-by-name.ts';
import { inOrganization } from '../organizations/in-organization.ts';
import { type PageOptions, readPages } from '../pages.ts';
import type { ServerOptions } from '../server-options.ts';
import { required } from '../server-refusal.ts';
import { keyTable } from './key-view.ts';

/** The options of `keys list`. Times are RFC 3339. */
export interface ListKeysOptions extends ServerOptions, PageOptions {
  readonly organization?: string;
  readonly search?: string;
  readonly status?: string[];
  readonly environment?: string;
  readonly role?: string;
  readonly team?: string;
  readonly createdBy?: string;
  readonly externalId?: string;
  readonly metadata?: Record<string, unknown>;
  readonly unusedSince?: string;
  readonly expiresBefore?: string;
  readonly rotationDueBefore?: string;
  readonly orderBy?: keyof typeof ORDERS;
  readonly order?: string;
  readonly quiet?: true;
}

const ORDERS = {
  name: ['NAME', 'ASC'],
  created: ['CREATED_AT', 'DESC'],
  'last-used': ['LAST_USED_AT', 'DESC'],
  expires: ['EXPIRES_AT', 'ASC'],
} as const satisfies Record<string, readonly [ApiKeyOrderField, ApiKeyOrder['direction']]>;

/** Prints the keys that match the options. With `quiet`, prints only their ids. */
export async function listKeys(io: Io, options: ListKeysOptions): Promise<void> {
  const ask = connect(io, options);
  const orderBy = readOrder(options);
  const keys = await inOrganization(io, ask, options.organization, async (organizationId) => {
    const filter = await readFilter(ask, organizationId, options);
    return readPages(io, options, async (page) => {
      const { apiKeys } = await ask(ListKeysDocument, { organizationId, filter, ...orderBy, ...page });
      return required(apiKeys);
    });
  });
  if (options.quiet) io.stdout.write(keys.map(({ id }) => `${id}\n`).join(''));
  else if (options.json) printJson(io, keys);
  else io.stdout.write(keyTable(keys));
}

async function readFilter(
  ask: Ask,
  organizationId: string | null,
  options: ListKeysOptions,
): Promise<ApiKeyFilter> {
  const { search, status, environment, role, team, createdBy, externalId, metadata } = options;
  const { unusedSince, expiresBefore, rotationDueBefore } = options;
  return {
    ...(search !== undefined && { search }),
    ...(status !== undefined && { status: status.map((one) => one.toUpperCase() as ApiKeyStatus) }),
    ...(environment !== undefined && { environment: environment.toUpperCase() as Environment }),
    ...(role !== undefined && { roleId: await findRole(ask, organizationId, role) }),
    ...(team !== undefined && { teamId: await findTeam(ask, organizationId, team) }),
    ...(createdBy !== undefined && { createdById: createdBy }),
    ...(externalId !== undefined && { externalId }),
    ...(metadata !== undefined && { metadata }),
    ...(unusedSince !== undefined && { unusedSince }),
    ...(expiresBefore !== undefined && { expiresBefore }),
    ...(rotationDueBefore !== undefined && { rotationDueBefore }),
  };
}

function readOrder({ orderBy = 'created', order }: ListKeysOptions): { orderBy: ApiKeyOrder } {
  const [field, usual] = ORDERS[orderBy];
  const direction = order === undefined ? usual : (order.toUpperCase() as ApiKeyOrder['direction']);
  return { orderBy: { field, direction } };
}
