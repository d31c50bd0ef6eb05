import {
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect } from 'vitest';
import type { Config } from '../../src/core/config/config.ts';

/** What makes expressions, parsers and loops repeat themselves, each to be repeated. */
const PATTERNS = [
  '; Value "',
  'redis://',
  '_live_',
  'sess_',
  'token=',
  '%',
  '\u0301\u0316',
  '-',
  ' ',
  '\t\n',
  ':',
  '0:',
  '1.',
  '[',
  '{"',
  '(',
  '"',
  '\\',
  '\\"',
  '=',
  ',',
  ';q=',
  '/',
  '@',
  '.*',
  '&permission=a',
  'uri=',
  '#',
  'a@',
  '\u202e',
  '1',
  '\ud83d',
  '\0',
  '${',
  '<!--',
];

/** `size` characters of each pattern. */
export function hostileTexts(size: number): string[] {
  return PATTERNS.map((pattern) => pattern.repeat(size / pattern.length));
}

/** As much text as anybody may send. */
export function harmlessText(size: number): string {
  return 'words '.repeat(size / 6);
}

const NO_LIMIT = { caller: 0, organization: 0, operator: 0, address: 0 };

/** A server that answers however often it is asked: what is limited after a few requests says nothing about the rest. */
export const WITHOUT_LIMITS: Partial<Config> = {
  verifyFailuresPerMinute: 1_000_000,
  operations: { windowSeconds: 1, points: NO_LIMIT, operations: NO_LIMIT },
};

/** Hostile text may be refused later than harmless text, but not by orders of magnitude: quadratic time is a thousandfold. */
const MULTIPLE = 50;

const TIMES = 3;

/**
 * Expects that a door does not take much more work for any of the hostile texts than for harmless text of their size.
 * Work is the processor time of this process, in which the server runs: other processes don't count.
 */
export async function expectLinear(
  door: (text: string) => unknown,
  hostile: readonly string[],
  harmless = harmlessText(hostile[0]?.length ?? 0),
): Promise<void> {
  await door(harmless);
  // A door that refuses harmless text at its first character is compared with reading it once.
  const usual = Math.max(await medianCost(door, harmless), await medianCost(countCharacters, harmless));
  for (const text of hostile) {
    if ((await cost(door, text)) < usual * MULTIPLE) continue;
    expect(await medianCost(door, text), JSON.stringify(text.slice(0, 40))).toBeLessThan(usual * MULTIPLE);
  }
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}

async function medianCost(door: (text: string) => unknown, text: string): Promise<number> {
  const costs: number[] = [];
  for (let time = 0; time < TIMES; time += 1) costs.push(await cost(door, text));
  return costs.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
}

/** Microseconds of processor time, at least one. */
async function cost(door: (text: string) => unknown, text: string): Promise<number> {
  const before = process.cpuUsage();
  await door(text);
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, user + system);
}

/** A place of an operation's arguments where a client's text goes. */
export interface TextPlace {
  readonly name: string;
  /** The names of the field and of its argument. */
  readonly argument: readonly string[];
  readonly query: string;
  variables(text: string): Record<string, unknown>;
}

/**
 * Every place in arguments of the schema's operations, and of the fields of an organization, that takes text: as a
 * variable, with valid values around it. A query that is a shorthand for the organization's field has the same arguments.
 */
export function textPlaces(schema: GraphQLSchema): TextPlace[] {
  const organization = schema.getType('Organization') as GraphQLObjectType;
  const own = organization.getFields();
  return [
    ...placesBelow(schema.getQueryType(), (field) => `{ ${field} }`).filter(
      ({ argument: [field = '', name] }) => !own[field]?.args.some((arg) => arg.name === name),
    ),
    ...placesBelow(organization, (field) => `{ organization { ${field} } }`),
    ...placesBelow(schema.getMutationType(), (field) => `{ ${field} }`, 'mutation'),
    ...placesBelow(schema.getSubscriptionType(), (field) => `{ ${field} }`, 'subscription'),
  ];
}

function placesBelow(
  type: GraphQLObjectType | null | undefined,
  select: (field: string) => string,
  operation = 'query',
): TextPlace[] {
  return Object.values(type?.getFields() ?? {}).flatMap((field) => {
    const { name, args } = field;
    const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(' ');
    const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(' ');
    const below = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
    const query = `${operation} (${declared}) ${select(`${name}(${passed}) ${below}`)}`;
    const others = Object.fromEntries(args.map((arg) => [arg.name, valueFor(arg.type)]));
    return args.flatMap((arg) =>
      placesIn(arg.type).map(([path, fill]) => ({
        name: [type?.name, name, arg.name, ...path].join('.'),
        argument: [name, arg.name],
        query,
        variables: (text: string) => ({ ...others, [arg.name]: fill(text) }),
      })),
    );
  });
}

type Fill = (text: string) => unknown;

/** Ways to put text into a value of this type; a list is also filled with very many texts. */
function placesIn(type: GraphQLInputType): [path: string[], fill: Fill][] {
  if (isNonNullType(type)) return placesIn(type.ofType);
  if (isListType(type)) {
    const each = placesIn(type.ofType);
    const many: [string[], Fill] = [['many'], (text) => text.match(/.{1,20}/gs)];
    return each.length === 0
      ? []
      : [...each.map(([path, fill]): [string[], Fill] => [path, (text) => [fill(text)]]), many];
  }
  if (isInputObjectType(type))
    return Object.values(type.getFields()).flatMap((field) =>
      placesIn(field.type).map(([path, fill]): [string[], Fill] => [
        [field.name, ...path],
        (text) => ({ ...(valueFor(type) as object), [field.name]: fill(text) }),
      ]),
    );
  if (isEnumType(type)) return [[[], (text) => text]];
  if (type.name === 'JSONObject')
    return [
      [['keys'], (text) => ({ [text]: text })],
      [['values'], (text) => ({ a: text })],
    ];
  return ['String', 'ID', 'CIDR', 'Permission', 'DateTime'].includes(type.name) ? [[[], (text) => text]] : [];
}

/** A value of the type with what is required, and nothing else. */
function valueFor(type: GraphQLInputType): unknown {
  if (!isNonNullType(type)) return isInputObjectType(type) ? objectOf(type) : undefined;
  const required = type.ofType;
  if (isListType(required)) return [];
  if (isInputObjectType(required)) return objectOf(required);
  if (isEnumType(required)) return required.getValues()[0]?.name;
  return ['Int', 'SafeInt', 'Float'].includes(getNamedType(required).name) ? 1 : 'a';
}

function objectOf(type: GraphQLInputType): Record<string, unknown> {
  if (!isInputObjectType(type)) return {};
  const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(required.map((field) => [field.name, valueFor(field.type)]));
}
