import fc from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
} from 'graphql';

/** Directives and arguments of the made-up operations stand on these. */
export const VARIABLES = '$yes: Boolean! = true, $no: Boolean!, $text: String, $least: Int = 3';

const CONDITIONS = [
  '',
  '',
  '',
  '@skip(if: $yes)',
  '@skip(if: $no)',
  '@include(if: $no)',
  '@include(if: true)',
];
const ARGUMENTS = [
  '',
  '(text: "here")',
  '(text: $text)',
  '(text: null, filter: { least: $least })',
  '(filter: { color: BLUE, least: 1 })',
];

/** Documents with one operation over the schema, some with fragments, aliases, conditions and the same field twice. */
export function operations(schema: GraphQLSchema): fc.Arbitrary<string> {
  const known = new Map<string, fc.Arbitrary<string>>();
  const selection: Selection = (type, depth) => {
    const key = `${type.name} ${depth}`;
    const made = known.get(key) ?? selectionOf(schema, selection, type, depth);
    known.set(key, made);
    return made;
  };
  const [query, mutation, shared] = ['Branch', 'Mutation', 'Branch'].map((name) => {
    return selection(schema.getType(name) as GraphQLCompositeType, name === 'Branch' ? 3 : 2);
  }) as [fc.Arbitrary<string>, fc.Arbitrary<string>, fc.Arbitrary<string>];
  const operation = fc.oneof(
    query.map((set) => `query (${VARIABLES}) ${set}`),
    mutation.map((set) => `mutation (${VARIABLES}) ${set}`),
  );
  return fc.tuple(operation, shared).map(([text, set]) => {
    return text.includes('Shared')
      ? `${text} fragment Shared on Branch ${set.replaceAll('... Shared', '__typename')}`
      : text;
  });
}

type Selection = (type: GraphQLCompositeType, depth: number) => fc.Arbitrary<string>;

function selectionOf(
  schema: GraphQLSchema,
  selection: Selection,
  type: GraphQLCompositeType,
  depth: number,
): fc.Arbitrary<string> {
  const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
  const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
  const parts = [fc.constant('__typename'), ...usable.map((field) => part(selection, field, depth))];
  if (depth > 0) {
    const own = isObjectType(type) ? [type, ...type.getInterfaces()] : [];
    const others = isAbstractType(type) ? schema.getPossibleTypes(type) : own;
    parts.push(...others.map((other) => inline(selection, other, depth - 1)));
    if (type.name === 'Branch')
      parts.push(fc.constant('... Shared'), fc.constant('... Shared @skip(if: $no)'));
  }
  return fc
    .array(fc.oneof(...parts), { minLength: 1, maxLength: 5 })
    .map((chosen) => `{ ${chosen.join(' ')} }`);
}

function inline(selection: Selection, type: GraphQLCompositeType, depth: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...CONDITIONS), selection(type, depth))
    .map(([condition, set]) => `... on ${type.name} ${condition} ${set}`);
}

function part(
  selection: Selection,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): fc.Arbitrary<string> {
  const named = getNamedType(field.type);
  const below = isCompositeType(named) ? selection(named, depth - 1) : fc.constant('');
  const args = field.args.length > 0 ? fc.constantFrom(...ARGUMENTS) : fc.constant('');
  // An alias names its field, so that the same one always means the same.
  const alias = fc.constantFrom('', '', `other_${field.name}: `);
  return fc
    .tuple(alias, args, fc.constantFrom(...CONDITIONS), below)
    .map(
      ([as, given, condition, set]) =>
        `${given ? `${field.name}_${ARGUMENTS.indexOf(given)}: ` : as}${field.name}${given} ${condition} ${set}`,
    );
}
