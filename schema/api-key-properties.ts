import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { ApiKey } from '../src/keys/api-key.ts';

/** The properties of a key that its fields are made of; a field that is not named here may be made of any. */
const MADE_OF: Readonly<Record<string, readonly (keyof ApiKey)[]>> = {
  __typename: [],
  id: ['id'],
  name: ['name'],
  description: ['description'],
  organization: ['organizationId'],
  environment: ['environment'],
  status: ['revokedAt', 'enabled', 'expiresAt'],
  start: ['start'],
  role: ['roleId'],
  grants: ['grants'],
  permissions: ['roleId', 'grants'],
  teams: ['id'],
  ipAllowlist: ['ipAllowlist'],
  rateLimit: ['rateLimit'],
  enabled: ['enabled'],
  externalId: ['externalId'],
  metadata: ['metadata'],
  createdAt: ['createdAt'],
  createdBy: ['createdBy'],
  updatedAt: ['updatedAt'],
  expiresAt: ['expiresAt'],
  lastUsedAt: ['lastUsedAt'],
  lastUsedIp: ['lastUsedIp'],
  revokedAt: ['revokedAt'],
  revokedBy: ['revokedBy'],
  revocationReason: ['revocationReason'],
  rotationDueAt: ['revokedAt', 'environment', 'rotatedAt'],
  secrets: ['id'],
  usage: ['id'],
  auditLog: ['id'],
};

type Properties = readonly (keyof ApiKey)[];

/** What was found out about a field of a document holds as long as the document is there. */
const known = new WeakMap<FieldNode, Properties | 'all'>();

/**
 * What a connection's field needs to be read of its keys, or undefined where that may be all of them. Conditions in the
 * document are left out of account: what they leave out is read.
 */
export function propertiesAsked({ fieldNodes, fragments }: GraphQLResolveInfo): Properties | undefined {
  const [node] = fieldNodes;
  if (!node || fieldNodes.length > 1) return undefined;
  const properties = known.get(node) ?? propertiesOf(rowFields(node, fragments));
  known.set(node, properties);
  return properties === 'all' ? undefined : properties;
}

function propertiesOf(fields: readonly FieldNode[]): Properties | 'all' {
  const found = new Set<keyof ApiKey>();
  for (const { name } of fields) {
    const properties = MADE_OF[name.value];
    if (!properties) return 'all';
    for (const property of properties) found.add(property);
  }
  return [...found];
}

/** The fields that are asked of each row, by either way to them. */
function rowFields(connection: FieldNode, fragments: GraphQLResolveInfo['fragments']): FieldNode[] {
  const below = (nodes: readonly FieldNode[], name: string): FieldNode[] =>
    nodes
      .filter((node) => node.name.value === name)
      .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments));
  const own = fieldsIn(connection.selectionSet, fragments);
  return [...below(own, 'nodes'), ...below(below(own, 'edges'), 'node')];
}

/** The fields of a selection set, those of the fragments in it among them, for whatever type they are. */
function fieldsIn(
  set: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
  spread = new Set<string>(),
): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsIn(selection.selectionSet, fragments, spread);
    const name = selection.name.value;
    if (spread.has(name)) return [];
    spread.add(name);
    return fieldsIn(fragments[name]?.selectionSet, fragments, spread);
  });
}
