import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { AppError } from '../core/errors.ts';
import { findInexact, INEXACT } from '../core/exact-json.ts';
import { quotable } from '../core/scrub.ts';
import { requestFault } from './request-fault.ts';
import { expectation } from './validation-faults.ts';

type Values = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Thrown to stop the coercion of variables that have enough faults. */
const ENOUGH = Symbol('enough faults');

/** Fields of an input object are named in a fault where the client sent at most so many. */
const FIELDS_MAX = 100;

/**
 * An operation's variables as their types have them, or at most `faultsMax` faults: which variable, where in it, and what
 * was expected. Faults quote no value, and property names only where they are no longer than the schema's.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Values,
  faultsMax: number,
):
  | { coerced: Record<string, unknown>; errors?: undefined }
  | { coerced?: undefined; errors: GraphQLError[] } {
  const { coerced } = getVariableValues(schema, definitions, given, { maxErrors: 1, hideSuggestions: true });
  const exact = definitions.every(
    ({ variable }) => findInexact(provided(variable.name.value, given)) === null,
  );
  if (coerced && exact) return { coerced };
  return { errors: faultsIn(schema, definitions, given, faultsMax) };
}

function provided(name: string, given: Values): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

function faultsIn(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Values,
  max: number,
): GraphQLError[] {
  const faults: GraphQLError[] = [];
  const add = (nodes: VariableDefinitionNode, what: string): void => {
    const message = `Variable "$${quotable(nodes.variable.name.value)}" ${what}`;
    const sentence = /[.?]$/.test(message) ? message : `${message}.`;
    faults.push(requestFault('BAD_USER_INPUT', sentence, { nodes }));
    if (faults.length >= max) throw ENOUGH;
  };
  try {
    for (const definition of definitions) findFaults(schema, definition, given, add);
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return faults;
}

function findFaults(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  given: Values,
  add: (nodes: VariableDefinitionNode, what: string) => void,
): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  // Validation has rejected the others.
  if (!isInputType(type)) return;
  const value = provided(name, given);
  if (value === undefined) {
    if (!definition.defaultValue && isNonNullType(type))
      add(definition, `of required type "${type}" was not provided`);
    return;
  }
  const inexact = findInexact(value);
  if (inexact !== null) return add(definition, `got an invalid value${at(name, inexact)}; ${INEXACT}`);
  coerceInputValue(value, type, (path, invalid, error) => {
    const why = reasonOf(typeAt(type, path), invalid, error);
    add(definition, `got an invalid value${at(name, path.map(printStep).join(''))}; ${why}`);
  });
}

/** ` at "input.list[1]"`, or nothing for the variable itself. */
function at(variable: string, path: string): string {
  if (path === '') return '';
  return ` at "${quotable(variable)}${/^[.[]/.test(path) ? '' : '.'}${path}"`;
}

function printStep(step: string | number): string {
  return typeof step === 'number' ? `[${step}]` : `.${step}`;
}

/** The type that the value at a path of a value of this type must have. */
function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType {
  const [step, ...rest] = path;
  if (step === undefined) return type;
  const nullable = isNonNullType(type) ? type.ofType : type;
  // A value that is no list stands for a list of one.
  if (isListType(nullable)) return typeAt(nullable.ofType, typeof step === 'number' ? rest : path);
  const field = isInputObjectType(nullable) ? nullable.getFields()[step] : undefined;
  return field ? typeAt(field.type, rest) : nullable;
}

function reasonOf(type: GraphQLInputType, value: unknown, error: GraphQLError): string {
  if (error.originalError instanceof AppError) return error.originalError.message;
  if (value === null) return `${expectation(type)}, found null`;
  const object = getNamedType(type);
  if (!isInputObjectType(object) || typeof value !== 'object' || Array.isArray(value))
    return expectation(type);
  // The error is about a field of the object, and quotes its name.
  const names = Object.keys(value);
  const areQuotable = names.length <= FIELDS_MAX && names.every((name) => quotable(name) === name);
  if (areQuotable) return error.message;
  return `"${object.name}" does not define one of the fields, or requires another`;
}
