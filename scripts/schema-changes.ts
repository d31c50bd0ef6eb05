import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InputValueDefinitionNode,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  print,
  visit,
} from 'graphql';

/** Days between the release that deprecates something and its removal: the minimum. */
export const NOTICE_DAYS = 180;

/** The end of the reason of a deprecation. What clients should use instead comes before it. */
const REMOVAL = /^\S.* Removal after (\d{4}-\d{2}-\d{2})\.$/s;

const DAY_MS = 86_400_000;

/** What can be deprecated: fields, arguments, input fields and enum values. */
type Deprecatable = FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode;

/** A deprecation by its coordinate, such as `Query.apiKeys(filter:)`. `removal` is null if the reason lacks the date. */
interface Deprecation {
  readonly at: string;
  readonly removal: string | null;
}

/**
 * What is wrong with the changes from the released schema to the current one, in lines; empty: nothing. `today` is a date
 * such as 2027-01-31. With `release`, deprecations that the release introduces must also leave enough time.
 */
export function faultsOf(
  releasedSdl: string,
  currentSdl: string,
  { today, release = false }: { readonly today: string; readonly release?: boolean },
): string[] {
  const [released, current] = [parse(releasedSdl), parse(currentSdl)];
  const kept = withoutRemovable(released, today);
  const [before, after] = [buildASTSchema(kept), buildASTSchema(current)];
  const breaking = findBreakingChanges(before, after);
  // Everything else in the list is an addition, which clients must tolerate.
  const dangerous = findDangerousChanges(before, after).filter(
    ({ type }) => type === 'ARG_DEFAULT_VALUE_CHANGE',
  );
  return [
    ...[...breaking, ...dangerous].map(({ description }) => `${description} This was not announced`),
    ...changedInputDefaults(before, after),
    ...deprecationFaults(deprecationsOf(released), deprecationsOf(current), today, release),
  ].sort();
}

function deprecationFaults(
  released: readonly Deprecation[],
  current: readonly Deprecation[],
  today: string,
  release: boolean,
): string[] {
  const earlier = new Map(released.map(({ at, removal }) => [at, removal]));
  return current.flatMap(({ at, removal }) => {
    if (removal === null)
      return [`${at}: the reason must say what to use instead, and end with "Removal after YYYY-MM-DD."`];
    const announced = earlier.get(at);
    if (announced && removal < announced)
      return [`${at}: the removal was announced for ${announced} or later`];
    const first = dateIn(today, NOTICE_DAYS);
    if (release && !announced && removal < first) return [`${at}: the removal must be on ${first} or later`];
    return [];
  });
}

/** The schema without what may be removed today, and without types that nothing else uses. */
function withoutRemovable(released: DocumentNode, today: string): DocumentNode {
  const isRemovable = (node: Deprecatable): boolean => {
    const removal = removalOf(node);
    return typeof removal === 'string' && removal < today;
  };
  const leaveOut = (node: Deprecatable) => (isRemovable(node) ? null : undefined);
  const rest = visit(released, {
    FieldDefinition: leaveOut,
    InputValueDefinition: leaveOut,
    EnumValueDefinition: leaveOut,
  });
  const unused = unusedTypes(buildASTSchema(released), buildASTSchema(rest, { assumeValidSDL: true }));
  return {
    ...rest,
    definitions: rest.definitions.filter((node) => !('name' in node && unused.has(node.name?.value ?? ''))),
  };
}

/** The types that a schema uses and the other one doesn't. */
function unusedTypes(released: GraphQLSchema, rest: GraphQLSchema): ReadonlySet<string> {
  const used = usedTypes(rest);
  return new Set([...usedTypes(released)].filter((name) => !used.has(name)));
}

function usedTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const used = new Set<string>();
  const pending: (GraphQLNamedType | null | undefined)[] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  while (pending.length > 0) {
    const type = pending.pop();
    if (!type || used.has(type.name)) continue;
    used.add(type.name);
    if (isUnionType(type)) pending.push(...type.getTypes());
    if (isInterfaceType(type)) pending.push(...schema.getPossibleTypes(type));
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) pending.push(getNamedType(field.type));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    pending.push(...type.getInterfaces());
    for (const { type: result, args } of Object.values(type.getFields()))
      pending.push(getNamedType(result), ...args.map((argument) => getNamedType(argument.type)));
  }
  return used;
}

/** Defaults of input fields that differ: for clients that omit the field, the server would do something else. */
function changedInputDefaults(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return Object.values(before.getTypeMap()).flatMap((type) => {
    const now = after.getType(type.name);
    if (!isInputObjectType(type) || !isInputObjectType(now)) return [];
    return Object.values(type.getFields()).flatMap(({ name, astNode }) => {
      const field = now.getFields()[name];
      const [was, is] = [astNode, field?.astNode].map((node) =>
        node?.defaultValue ? print(node.defaultValue) : 'none',
      );
      if (!field || was === is) return [];
      return [`${type.name}.${name} has changed defaultValue from ${was} to ${is}. This was not announced`];
    });
  });
}

function deprecationsOf(document: DocumentNode): Deprecation[] {
  const found: Deprecation[] = [];
  const add = (at: string, node: Deprecatable): void => {
    const removal = removalOf(node);
    if (removal !== undefined) found.push({ at, removal });
  };
  for (const definition of document.definitions) {
    if (definition.kind === 'EnumTypeDefinition')
      for (const value of definition.values ?? []) add(`${definition.name.value}.${value.name.value}`, value);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const at = `${definition.name.value}.${field.name.value}`;
      add(at, field);
      if ('arguments' in field)
        for (const argument of field.arguments ?? []) add(`${at}(${argument.name.value}:)`, argument);
    }
  }
  return found;
}

/** The date after which something may be removed. Null if its reason has none; undefined if it isn't deprecated. */
function removalOf(node: Deprecatable): string | null | undefined {
  const directive = node.directives?.find(({ name }) => name.value === 'deprecated');
  if (!directive) return undefined;
  const date = REMOVAL.exec(reasonOf(directive))?.[1];
  return date !== undefined && isDate(date) ? date : null;
}

function reasonOf({ arguments: args }: ConstDirectiveNode): string {
  const value = args?.find(({ name }) => name.value === 'reason')?.value;
  return value?.kind === 'StringValue' ? value.value.slice(0, 1_000) : '';
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function dateIn(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS)
    .toISOString()
    .slice(0, '2000-01-01'.length);
}
