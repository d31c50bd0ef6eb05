import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';
import { AppError } from '../core/errors.ts';
import { findInexact, INEXACT } from '../core/exact-json.ts';
import { quotable } from '../core/scrub.ts';
import { requestFault } from './request-fault.ts';
import { expectation } from './validation-faults.ts';

type Path = readonly (string | number)[];

/** Thrown to stop coercion after enough faults. */
const ENOUGH = Symbol('enough faults');

/** Fields of an input object are named in a fault if the client sent at most this many. */
const FIELDS_MAX = 100;

/**
 * Coerces an operation's variables to their types, or returns at most `faultsMax` faults: which variable, where in it,
 * and what was expected. Faults quote no values, and no property names that are longer than those of the schema.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  provided: Readonly<Record<string, unknown>>,
  faultsMax: number,
):
  | { coerced: Record<string, unknown>; errors?: undefined }
  | { coerced?: undefined; errors: GraphQLError[] } {
  const errors: GraphQLError[] = [];
  const coerced: Record<string, unknown> = Object.create(null);
  try {
    for (const definition of definitions) {
      const { value: name } = definition.variable.name;
      const value = coerceVariable(
        schema,
        definition,
        Object.hasOwn(provided, name) ? provided[name] : undefined,
        (what) => {
          const message = `Variable "$${quotable(name)}" ${what}`;
          const sentence = /[.?]$/.test(message) ? message : `${message}.`;
          errors.push(requestFault('BAD_USER_INPUT', sentence, { nodes: definition }));
          if (errors.length >= faultsMax) throw ENOUGH;
        },
      );
      if (value !== undefined) coerced[name] = value;
    }
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return errors.length > 0 ? { errors } : { coerced };
}

/** The variable's value or default. Undefined if it has neither, or is invalid. */
function coerceVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  value: unknown,
  fault: (what: string) => void,
): unknown {
  const type = typeFromAST(schema, definition.type);
  // Validation rejects all others.
  if (!isInputType(type)) return undefined;
  if (value === undefined) {
    if (definition.defaultValue) return valueFromAST(definition.defaultValue, type);
    if (isNonNullType(type)) fault(`of required type "${type}" was not provided`);
    return undefined;
  }
  const name = definition.variable.name.value;
  const inexact = findInexact(value);
  if (inexact !== null) return fault(`got an invalid value${at(name, inexact)}; ${INEXACT}`);
  const quotesFields = rememberLast(hasQuotableFields);
  return coerceInputValue(value, type, (path, invalid, error) => {
    const why = reasonOf(typeAt(type, path), invalid, error, quotesFields);
    fault(`got an invalid value${at(name, path.map(printStep).join(''))}; ${why}`);
  });
}

/** ` at "input.list[1]"`, or empty for the variable itself. */
function at(variable: string, path: string): string {
  if (path === '') return '';
  return ` at "${quotable(variable)}${/^[.[]/.test(path) ? '' : '.'}${path}"`;
}

function printStep(step: string | number): string {
  return typeof step === 'number' ? `[${step}]` : `.${step}`;
}

/** The type expected at a path within a value of this type. */
function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType {
  const [step, ...rest] = path;
  if (step === undefined) return type;
  const nullable = isNonNullType(type) ? type.ofType : type;
  // A single value is coerced to a list of one.
  if (isListType(nullable)) return typeAt(nullable.ofType, typeof step === 'number' ? rest : path);
  const field = isInputObjectType(nullable) ? nullable.getFields()[step] : undefined;
  return field ? typeAt(field.type, rest) : nullable;
}

function reasonOf(
  type: GraphQLInputType,
  value: unknown,
  error: GraphQLError,
  quotesFields: (value: object) => boolean,
): string {
  if (error.originalError instanceof AppError) return error.originalError.message;
  if (value === null) return `${expectation(type)}, found null`;
  const object = getNamedType(type);
  if (!isInputObjectType(object) || typeof value !== 'object' || Array.isArray(value))
    return expectation(type);
  // The error is about a field of the object, and quotes its name.
  if (quotesFields(value)) return error.message;
  return `"${object.name}" does not define one of the fields, or requires another`;
}

function hasQuotableFields(value: object): boolean {
  const names = Object.keys(value);
  return names.length <= FIELDS_MAX && names.every((name) => quotable(name) === name);
}

/** Reports an object's faults one at a time: it may have very many fields. */
function rememberLast(check: (value: object) => boolean): (value: object) => boolean {
  let last: { readonly value: object; readonly holds: boolean } | undefined;
  return (value) => {
    if (last?.value !== value) last = { value, holds: check(value) };
    return last.holds;
  };
}
