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

/** What TypeScript needs to know of the schema. Times are milliseconds inside, RFC 3339 outside. */
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
    /** Somebody: a credential was given, and accepted. */
    authenticated: boolean;
    /** Holds the permission in some organization; the verb asks again for the one concerned. */
    permission: string;
    /** Holds the permission in this organization. */
    permissionIn: readonly [organizationId: string, permission: string];
    /** The same, and isn't limited to teams of it. */
    organizationWide: readonly [organizationId: string, permission: string];
    /** May know this organization by its name: anybody of it, but an API key only with `organization.view`. */
    organizationKnown: string;
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
};

/** The GraphQL type that an id names, or null where it names none: an id's prefix says what it is. */
export function typeNameOf(id: string): string | null {
  return TYPE_NAMES[idType(id) ?? ''] ?? null;
}

/** The permission whose absence failed a scope check, where there is one. */
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
  if (failure.scope === 'organizationKnown') return 'organization.view';
  const inOne = failure.scope === 'permissionIn' || failure.scope === 'organizationWide';
  return inOne ? ((failure.parameter as readonly string[])[1] ?? null) : null;
}

const description = 'Opaque: pass it back as it came';

/** The connection has counted its rows already. */
const ROWS_COST = { field: 1, multiplier: 1 };

/** Collects every type of the schema; each file of this folder adds its own. */
export const builder = new SchemaBuilder<SchemaTypes>({
  // The order matters: the first is outermost. Errors become data only after denied attempts were recorded.
  plugins: [
    FRESH_CACHES,
    DIRECT_IDS,
    ErrorsPlugin,
    DENIED_ATTEMPTS,
    ScopeAuthPlugin,
    RelayPlugin,
    DataloaderPlugin,
    ComplexityPlugin,
  ],
  defaultFieldNullability: false,
  scopeAuth: {
    // Of events, whoever passes them on asks: with the permissions of that moment, not those of the start.
    authorizeOnSubscribe: true,
    // Permissions are loaded with the principal, so that every check is synchronous and free.
    authScopes: ({ principal }) => ({
      authenticated: principal !== null,
      permission: (permission) => principal?.canSomewhere(permission) ?? false,
      permissionIn: ([organizationId, permission]) => principal?.can(organizationId, permission) ?? false,
      organizationKnown: (organizationId) => principal?.knows(organizationId) ?? false,
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
      description: 'Anything that has an id; `node` finds it again',
      resolveType: (value) => typeNameOf((value as { id: string }).id) ?? undefined,
    },
    idFieldOptions: { description: 'Names the object in every API, log and audit row; not a secret' },
    pageInfoTypeOptions: { description: 'Where a page stands in its list' },
    hasNextPageFieldOptions: { nullable: false, description: 'Whether there are rows after this page' },
    hasPreviousPageFieldOptions: { nullable: false, description: 'Whether there are rows before this page' },
    startCursorFieldOptions: {
      nullable: true,
      description: 'Cursor of the first row; null on an empty page',
    },
    endCursorFieldOptions: { nullable: true, description: 'Cursor of the last row; null on an empty page' },
    firstArgOptions: {
      description: 'How many rows from the start (or after `after`): 0 to 100, 25 if left out',
    },
    lastArgOptions: { description: 'How many rows from the end (or before `before`): 0 to 100' },
    afterArgOptions: { description: 'Only rows after this cursor' },
    beforeArgOptions: { description: 'Only rows before this cursor' },
    cursorFieldOptions: { description, type: 'String' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The rows with their cursors',
      complexity: ROWS_COST,
    },
    nodeFieldOptions: { nullable: false, description: 'The row itself' },
    pageInfoFieldOptions: { nullable: false, description: 'Where this page stands in the list' },
    nodesOnConnection: {
      description: 'The rows without their cursors',
      complexity: ROWS_COST,
    },
    edgeCursorType: 'String',
  },
});

builder.queryType({ description: 'Everything that can be read' });
builder.mutationType({ description: 'Everything that can be changed, and verification' });
