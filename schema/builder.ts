import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin, { type AuthFailure, AuthScopeFailureType } from '@pothos/plugin-scope-auth';
import { forbidden } from '../src/access/authorize.ts';
import { UnauthenticatedError } from '../src/core/errors.ts';
import { idType } from '../src/core/ids.ts';
import type { GraphQLContext } from './context.ts';
import { DENIED_ATTEMPTS } from './plugins/denied-attempts.ts';
import { DIRECT_IDS } from './plugins/direct-ids.ts';
import { FRESH_CACHES } from './plugins/fresh-caches.ts';
import { REFUSABLE_FIELDS } from './plugins/refusable-fields.ts';

/** Types of the schema builder. Times are milliseconds in resolvers and RFC 3339 in responses. */
export interface SchemaTypes {
  Context: GraphQLContext;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: number; Output: number };
    JSONObject: { Input: Record<string, unknown>; Output: Readonly<Record<string, unknown>> };
    CIDR: { Input: string; Output: string };
    SafeInt: { Input: number; Output: number };
    Permission: { Input: string; Output: string };
  };
  AuthScopes: {
    /** The request carries a valid credential. */
    authenticated: boolean;
    /** Has the permission in any organization; the operation checks the organization concerned. */
    permission: string;
    /** Has the permission in this organization. */
    permissionIn: readonly [organizationId: string, permission: string];
    /** Has the permission in this organization and isn't limited to some of its teams. */
    organizationWide: readonly [organizationId: string, permission: string];
  };
  Connection: { totalCount: () => Promise<number>; isTotalCountExact: () => Promise<boolean> };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  org: 'Organization',
  team: 'Team',
  user: 'User',
  mem: 'Membership',
  role: 'Role',
  key: 'ApiKey',
  sec: 'ApiKeySecret',
  evt: 'AuditEntry',
  ses: 'Session',
};

/** The GraphQL type that an id's prefix stands for, or null for an unknown prefix. */
export function typeNameOf(id: string): string | null {
  return TYPE_NAMES[idType(id) ?? ''] ?? null;
}

/** The permission that a failed scope check required, if any. */
function missingPermission(failure: AuthFailure): string | null {
  if ('failures' in failure) {
    for (const one of failure.failures) {
      const permission = missingPermission(one);
      if (permission) return permission;
    }
    return null;
  }
  if (failure.kind !== AuthScopeFailureType.AuthScope) return null;
  if (failure.scope === 'permission') return String(failure.parameter);
  const inOne = failure.scope === 'permissionIn' || failure.scope === 'organizationWide';
  return inOne ? ((failure.parameter as readonly string[])[1] ?? null) : null;
}

const CURSOR_DESCRIPTION = 'Opaque cursor of the row';

/** The rows are already part of the connection's cost. */
const ROWS_COST = { field: 1, multiplier: 1 };

/** Collects every type of the schema; each file of this folder adds its own. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The order matters: the first is outermost. Errors become data only after denied attempts were recorded.
  plugins: [
    FRESH_CACHES,
    DIRECT_IDS,
    REFUSABLE_FIELDS,
    ErrorsPlugin,
    DENIED_ATTEMPTS,
    ScopeAuthPlugin,
    RelayPlugin,
    DataloaderPlugin,
    ComplexityPlugin,
  ],
  defaultFieldNullability: false,
  scopeAuth: {
    // Each event is authorized when it is sent, with the permissions at that time.
    authorizeOnSubscribe: true,
    // Permissions are loaded with the principal, so checks are synchronous and need no query.
    authScopes: ({ principal }) => ({
      authenticated: principal !== null,
      permission: (permission) => principal?.canSomewhere(permission) ?? false,
      permissionIn: ([organizationId, permission]) => principal?.can(organizationId, permission) ?? false,
      organizationWide: ([organizationId, permission]) =>
        principal?.keyScope === null && principal.can(organizationId, permission),
    }),
    cacheKey: (parameter) => (Array.isArray(parameter) ? parameter.join(' ') : parameter),
    unauthorizedError: (_parent, { principal }, _info, { failure }) => {
      const permission = missingPermission(failure);
      if (!principal || !permission) return new UnauthenticatedError();
      return forbidden(principal, permission);
    },
  },
  errors: { directResult: true, defaultTypes: [] },
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, disabled: true },
  relay: {
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    encodeGlobalID: (_typename, id) => String(id),
    decodeGlobalID: (id) => ({ typename: typeNameOf(id) ?? '', id }),
    cursorType: 'String',
    nodeTypeOptions: {
      description: 'An object with an ID. Pass the ID to `node` to fetch the object again',
      resolveType: (value) => typeNameOf((value as { id: string }).id) ?? undefined,
    },
    idFieldOptions: { description: 'ID of the object. It is not a secret and is safe to log' },
    pageInfoTypeOptions: { description: 'Information about a page of a list' },
    hasNextPageFieldOptions: { nullable: false, description: 'Whether there are rows after this page' },
    hasPreviousPageFieldOptions: { nullable: false, description: 'Whether there are rows before this page' },
    startCursorFieldOptions: {
      nullable: true,
      description: 'Cursor of the first row. Null if the page is empty',
    },
    endCursorFieldOptions: {
      nullable: true,
      description: 'Cursor of the last row. Null if the page is empty',
    },
    firstArgOptions: {
      description:
        'Number of rows to return from the start of the list, or after `after`: 0 to 100, 25 by default',
    },
    lastArgOptions: {
      description: 'Number of rows to return from the end of the list, or before `before`: 0 to 100',
    },
    afterArgOptions: { description: 'Returns rows after this cursor' },
    beforeArgOptions: { description: 'Returns rows before this cursor' },
    cursorFieldOptions: { description: CURSOR_DESCRIPTION, type: 'String' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'Rows of the page with their cursors',
      complexity: ROWS_COST,
    },
    nodeFieldOptions: { nullable: false, description: 'The row' },
    pageInfoFieldOptions: { nullable: false, description: 'Information about the page' },
    nodesOnConnection: {
      description: 'Rows of the page',
      complexity: ROWS_COST,
    },
    edgeCursorType: 'String',
  },
});

builder.queryType({ description: 'Root type of queries' });
builder.mutationType({
  description:
    'Root type of mutations. A field that requires a permission you don’t have is null, with the error `FORBIDDEN`, and all other fields are returned. Configure your client to keep data that arrives with errors, such as a new secret',
});
