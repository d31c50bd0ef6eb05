import {
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  responsePathAsArray,
} from 'graphql';

/** What resolvers of the made-up schema are handed: which of them fail, and how, depends on it and their place alone. */
export interface Moods {
  readonly seed: number;
  /** Of a hundred values, how many are wrong in some way, and how many come later. */
  readonly wrong: number;
  readonly late: number;
  /** What was called, in its order. */
  readonly called: string[];
}

/** The same number for the same text, from 0 to below 100. */
function lot(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % 100;
}

/** A value that goes wrong now and then, or comes later: each in a turn of the event loop of its own. */
function moody(value: unknown, moods: Moods, info: GraphQLResolveInfo): unknown {
  const place = responsePathAsArray(info.path).join('.');
  moods.called.push(`${info.parentType.name} ${place}`);
  const wrong = lot(`${moods.seed} wrong ${place}`) < moods.wrong;
  const kind = lot(`${moods.seed} kind ${place}`);
  const result = (): unknown => {
    if (!wrong) return value;
    if (kind < 25) return null;
    if (kind < 40) return new Error(`returned at ${place}`);
    if (kind < 50) throw new GraphQLError(`refused at ${place}`, { extensions: { code: 'REFUSED' } });
    if (kind < 60) return { neither: 'a list', nor: 'a leaf' };
    throw new Error(`thrown at ${place}`);
  };
  if (lot(`${moods.seed} late ${place}`) >= moods.late) return result();
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(result());
      } catch (error) {
        reject(error);
      }
    });
  });
}

const Even = new GraphQLScalarType({
  name: 'Even',
  serialize: (value) => {
    if (typeof value === 'number' && value % 2 === 0) return value;
    throw new GraphQLError('Even is an even number');
  },
});

const Color = new GraphQLEnumType({ name: 'Color', values: { RED: { value: 1 }, BLUE: { value: 2 } } });

const Filter = new GraphQLInputObjectType({
  name: 'Filter',
  fields: { color: { type: Color, defaultValue: 1 }, least: { type: new GraphQLNonNull(GraphQLInt) } },
});

const Named = new GraphQLInterfaceType({
  name: 'Named',
  fields: { name: { type: GraphQLString } },
  resolveType: (_value, { seed }: Moods, { path }) => {
    const chance = lot(`${seed} type ${responsePathAsArray(path).join('.')}`);
    if (chance < 5) return 'Color';
    if (chance < 10) return undefined;
    return chance < 20 ? Promise.resolve('Leaf') : chance < 60 ? 'Leaf' : 'Branch';
  },
});

type Fields = GraphQLFieldConfigMap<unknown, Moods>;

const of = (type: GraphQLOutputType, value: unknown): Fields[string] => ({
  type,
  resolve: (_source, _args, moods, info) => moody(value, moods, info),
});

const nonNull = <T extends GraphQLOutputType>(type: T) =>
  new GraphQLNonNull(type as never) as GraphQLOutputType;

/** Read from properties, of which one is a method. */
const source = {
  plain: 'text',
  even: 2,
  odd: 3,
  nothing: null,
  method: () => 'called',
  soon: Promise.resolve('soon'),
};

const leaves: Fields = {
  name: of(GraphQLString, 'name'),
  plain: { type: GraphQLString },
  method: { type: GraphQLString },
  soon: { type: nonNull(GraphQLString) },
  odd: { type: Even },
  oddNonNull: { type: nonNull(Even), resolve: () => 3 },
  nothing: { type: GraphQLString },
  color: of(Color, 2),
  even: { type: nonNull(Even) },
  evens: of(new GraphQLList(nonNull(Even)), [2, 4, 5]),
  matrix: of(new GraphQLList(new GraphQLList(GraphQLInt)), [[1, 'x'], null, [Promise.resolve(3)]]),
  echo: {
    type: GraphQLString,
    args: { text: { type: GraphQLString, defaultValue: 'default' }, filter: { type: Filter } },
    resolve: (_source, args) => JSON.stringify(args),
  },
};

const Leaf: GraphQLObjectType = new GraphQLObjectType({
  name: 'Leaf',
  interfaces: [Named],
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'plain' in value,
  fields: leaves,
});

const Branch: GraphQLObjectType = new GraphQLObjectType({
  name: 'Branch',
  interfaces: [Named],
  fields: () => ({
    ...leaves,
    leaf: of(Leaf, source),
    leafNonNull: of(nonNull(Leaf), source),
    branch: of(Branch, source),
    branchNonNull: of(nonNull(Branch), source),
    leaves: of(nonNull(new GraphQLList(nonNull(Leaf))), [source, source]),
    branches: of(new GraphQLList(Branch), new Set([source, source])),
    named: of(Named, source),
    all: of(
      new GraphQLList(
        new GraphQLUnionType({ name: 'Either', types: [Leaf, Branch], resolveType: () => 'Leaf' }),
      ),
      [source],
    ),
  }),
});

/** Every kind of type, with values that go wrong in every way. */
export const madeUpSchema = new GraphQLSchema({
  query: Branch,
  mutation: new GraphQLObjectType({ name: 'Mutation', fields: () => Branch.toConfig().fields }),
  types: [Leaf],
});

export const rootValue = source;
