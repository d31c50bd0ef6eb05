import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import { requestFault } from './request-fault.ts';
import { syntaxFault } from './syntax-fault.ts';

/** Limits of a document. Fragments count as often as they are spread. */
export const DOCUMENT_LIMITS = {
  /** Tokens, which bound everything below and the time of validation. */
  tokens: 2_000,
  /** Levels of nested brackets of any kind: the parser, and what walks its result, call themselves for each. */
  brackets: 500,
  /** Levels of nested fields. Validation limits introspection. */
  depth: 12,
  aliases: 30,
  /** Root fields of one operation. */
  rootFields: 20,
  /** Fields with the same name in one selection, inline fragments included: validation compares each with each. */
  repeats: 100,
  /** Spreads of named fragments: validation compares those of a selection pairwise. */
  spreads: 100,
  directives: 50,
} as const;

/** Parses a document and checks its limits before validation. Throws a GraphQLError if one is exceeded. */
export function parseWithinLimits(source: string | Source): DocumentNode {
  const document = parseTokens(typeof source === 'string' ? new Source(source) : source);
  const counter = new Counter(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = counter.measure(definition.selectionSet);
    assertLimit('depth', depth);
    assertLimit('aliases', aliases);
    assertLimit('rootFields', fields);
  }
  // A fragment that no operation spreads costs validation as much as any other.
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { depth, aliases } = counter.measureFragment(definition);
    if (!definition.typeCondition.name.value.startsWith('__')) assertLimit('depth', depth);
    assertLimit('aliases', aliases);
  }
  assertLimit('repeats', counter.repeats);
  assertLimit('spreads', counter.spreads);
  assertLimit('directives', counter.directives);
  return document;
}

function parseTokens(source: Source): DocumentNode {
  const { tokens } = DOCUMENT_LIMITS;
  assertLimit('brackets', bracketsOf(source, tokens));
  try {
    return parse(source, { maxTokens: tokens });
  } catch (error) {
    throw error instanceof GraphQLError ? syntaxFault(source, error, tokens) : error;
  }
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Levels of nested brackets in the first tokens, up to a syntax error, which the parser reports. */
function bracketsOf(source: Source, tokens: number): number {
  const lexer = new Lexer(source);
  let [open, deepest] = [0, 0];
  try {
    for (let count = 0; count < tokens; count++) {
      const { kind } = lexer.advance();
      if (kind === TokenKind.EOF) break;
      if (OPENING.has(kind)) deepest = Math.max(deepest, ++open);
      else if (CLOSING.has(kind)) open--;
    }
  } catch {
    return deepest;
  }
  return deepest;
}

const NAMES = {
  brackets: 'levels of nested brackets',
  depth: 'levels of nested fields',
  aliases: 'aliases',
  rootFields: 'root fields',
  repeats: 'repeated fields',
  spreads: 'fragment spreads',
  directives: 'directives',
} as const;

function assertLimit(limit: keyof typeof NAMES, count: number): void {
  const max = DOCUMENT_LIMITS[limit];
  if (count <= max) return;
  throw requestFault('QUERY_TOO_COMPLEX', `The document has more than ${max} ${NAMES[limit]}`);
}

/** Size of a selection set with its fragments spread. `fields` counts its own fields, without nested ones. */
interface Measures {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

const NOTHING: Measures = { depth: 0, aliases: 0, fields: 0 };

class Counter {
  repeats = 0;
  spreads = 0;
  directives = 0;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<FragmentDefinitionNode, Measures>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
      if ('directives' in definition) this.directives += definition.directives?.length ?? 0;
    }
  }

  /** `names`: names of the fields that are already selected. */
  measure(set: SelectionSetNode, names = new Set<string>()): Measures {
    let { depth, aliases, fields } = NOTHING;
    for (const selection of set.selections) {
      this.directives += selection.directives?.length ?? 0;
      let part: Measures;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        if (names.has(name)) this.repeats++;
        names.add(name);
        part = this.#field(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) part = this.measure(selection.selectionSet, names);
      else {
        this.spreads++;
        const fragment = this.#fragments.get(selection.name.value);
        part = fragment ? this.measureFragment(fragment) : NOTHING;
      }
      depth = Math.max(depth, part.depth);
      aliases += part.aliases;
      fields += part.fields;
    }
    return { depth, aliases, fields };
  }

  #field(field: FieldNode): Measures {
    const below = field.selectionSet ? this.measure(field.selectionSet) : NOTHING;
    const depth = field.name.value.startsWith('__') ? 0 : below.depth + 1;
    return { depth, aliases: below.aliases + (field.alias ? 1 : 0), fields: 1 };
  }

  measureFragment(fragment: FragmentDefinitionNode): Measures {
    const known = this.#measured.get(fragment);
    if (known) return known;
    // Stops at a fragment that contains itself. Validation rejects it.
    this.#measured.set(fragment, NOTHING);
    const measures = this.measure(fragment.selectionSet);
    this.#measured.set(fragment, measures);
    return measures;
  }
}
