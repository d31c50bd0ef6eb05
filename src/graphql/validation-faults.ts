import {
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  Kind,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { AppError } from '../core/errors.ts';
import { cut, quotable, scrub } from '../core/scrub.ts';
import { requestFault } from './request-fault.ts';

/** Longest message of a rule that is shown, characters. */
const MESSAGE_MAX = 1_000;

/** Code of faults of values, in the document as in variables. */
const BAD_VALUE = 'BAD_USER_INPUT';

/** Maximum number of enum values listed. */
const VALUES_MAX = 20;

/**
 * Validates a document and reports at most `faultsMax` faults: invalid values as BAD_USER_INPUT, as for variables, and
 * all others as BAD_REQUEST. Only the rule about values would quote them, so it is replaced. Messages of the other
 * rules quote names; these are omitted if they are long enough to be a credential.
 */
export function validationFaults(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  faultsMax: number,
): GraphQLError[] {
  const safe = rules.map((rule) => (rule === ValuesOfCorrectTypeRule ? quotelessRule : rule));
  const errors = validate(schema, document, safe, { maxErrors: faultsMax });
  if (errors.length === 0) return [];
  const longNames = longNamesOf(document);
  return errors.map((error) => {
    if (error.originalError instanceof AppError) return error;
    const message = longNames.reduce(
      (text, name) => text.replaceAll(name, () => quotable(name)),
      cut(error.message, MESSAGE_MAX),
    );
    const code = error.extensions.code === BAD_VALUE ? BAD_VALUE : 'BAD_REQUEST';
    return requestFault(code, scrub(message), { nodes: error.nodes ?? null });
  });
}

/** The rule that values must match the expected type, with reports that quote none of them. */
const quotelessRule: ValidationRule = (context) => {
  const reportError = (error: GraphQLError): void => context.reportError(valueFault(context, error));
  return ValuesOfCorrectTypeRule(Object.create(context, { reportError: { value: reportError } }));
};

function valueFault(context: ValidationContext, error: GraphQLError): GraphQLError {
  const node = error.nodes?.[0];
  const type = context.getInputType();
  // About a field of an input object, whose name it quotes.
  if (!node) return error;
  if (node.kind === Kind.OBJECT_FIELD || (node.kind === Kind.OBJECT && isInputObjectType(getNamedType(type))))
    return new GraphQLError(error.message, { nodes: node, extensions: { code: BAD_VALUE } });
  const { originalError } = error;
  const argument = context.getArgument();
  const where = argument ? `Argument "${argument.name}" got an invalid value` : 'Invalid value';
  const why =
    originalError instanceof AppError ? originalError.message : `${expectation(type)}, found ${node.kind}`;
  return requestFault(BAD_VALUE, `${where}; ${why}.`, { nodes: node });
}

/** Describes the expected value in schema terms. */
export function expectation(type: GraphQLInputType | null | undefined): string {
  const named = getNamedType(type);
  const values = isEnumType(named) ? named.getValues().map(({ name }) => name) : [];
  const listed = values.length > 0 && values.length <= VALUES_MAX ? ` (${values.join(', ')})` : '';
  return `expected type "${type}"${listed}`;
}

function longNamesOf({ loc }: DocumentNode): string[] {
  const names = new Set<string>();
  for (let token = loc?.startToken; token; token = token.next ?? undefined)
    if (token.kind === TokenKind.NAME && quotable(token.value) !== token.value) names.add(token.value);
  // Longest first: one may contain another.
  return [...names].sort((a, b) => b.length - a.length);
}
