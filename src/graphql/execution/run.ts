import {
  type ExecutionResult,
  type GraphQLError,
  type GraphQLResolveInfo,
  getArgumentValues,
  locatedError,
  OperationTypeNode,
  responsePathAsArray,
} from 'graphql';
import { requestFault } from '../request-fault.ts';
import type { FieldNodes } from './collect-fields.ts';
import type { FieldErrors, Path, PlacePath } from './field-errors.ts';
import type { Data, PlannedField, Run, Selection } from './planned.ts';

export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function'
  );
}

/**
 * Executes the whole operation. Never throws or rejects: errors are in the result. If it exceeds its budget or the
 * client disconnects, it stops early and returns only that error.
 */
export function executePlan(run: Run): ExecutionResult | Promise<ExecutionResult> {
  const { plan, root, errors, budget } = run;
  const tooLarge = (): ExecutionResult => ({ errors: [locatedError(budget.error, undefined)], data: null });
  const fail = (error: GraphQLError): ExecutionResult => {
    if (budget.exceeded) return tooLarge();
    if (run.signal?.aborted) return { errors: [clientGone()], data: null };
    errors.add(error, undefined);
    return resultOf(null, errors);
  };
  const end = (data: Data): ExecutionResult => {
    const result = resultOf(data, errors);
    return budget.fits(result) ? result : tooLarge();
  };
  try {
    const inTurn = plan.operation.operation === OperationTypeNode.MUTATION;
    const data = (inTurn ? executeInTurn : executeFields)(run, plan.root, root, undefined);
    return isPromise(data) ? data.then(end, fail) : end(data);
  } catch (error) {
    return fail(error as GraphQLError);
  }
}

function clientGone(): GraphQLError {
  return requestFault('BAD_REQUEST', 'The client closed the request');
}

function resultOf(data: Data | null, { all: errors }: FieldErrors): ExecutionResult {
  return errors.length > 0 ? { errors, data } : { data };
}

/** Like `executeFields`, but serially. */
function executeInTurn(
  run: Run,
  { fields, Data }: Selection,
  source: unknown,
  path: Path,
): Data | Promise<Data> {
  const data = new Data();
  const goOn = (from: number): Data | Promise<Data> => {
    for (const [index, field] of fields.entries()) {
      if (index < from) continue;
      const value = executeField(run, field, source, path);
      if (isPromise(value))
        return value.then((resolved) => {
          data[field.key] = resolved;
          return goOn(index + 1);
        });
      data[field.key] = value;
    }
    return data;
  };
  return goOn(0);
}

/** Executes a selection on `source`. Throws, or rejects with, the located error that nulled it. */
export function executeFields(
  run: Run,
  { fields, units, Data }: Selection,
  source: unknown,
  path: Path,
): Data | Promise<Data> {
  run.budget.add(units);
  const data = new Data();
  const waiting: PlannedField[] = [];
  try {
    for (const field of fields) {
      const value = executeField(run, field, source, path);
      data[field.key] = value;
      if (isPromise(value)) waiting.push(field);
    }
  } catch (error) {
    if (waiting.length === 0) throw error;
    // Prevents unhandled rejections of the other fields.
    return Promise.all(waiting.map(({ key }) => data[key])).then(
      () => Promise.reject(error),
      () => Promise.reject(error),
    );
  }
  const [first, ...others] = waiting;
  if (!first) return data;
  // Most objects of a list await at most one value, so each avoided promise matters.
  if (others.length === 0)
    return (data[first.key] as Promise<unknown>).then((value) => {
      data[first.key] = value;
      return data;
    });
  return Promise.all(waiting.map(({ key }) => data[key])).then((values) => {
    for (const [index, { key }] of waiting.entries()) data[key] = values[index];
    return data;
  });
}

function executeField(run: Run, field: PlannedField, source: unknown, parentPath: Path): unknown {
  if (!field.completeProperty) return resolveField(run, field, source, parentPath);
  let value: unknown;
  try {
    value = propertyOf(source, field.name);
    // A method expects arguments, and a promise must be awaited.
    if (typeof value !== 'function' && !isPromise(value)) {
      const completed = field.completeProperty(value);
      run.budget.addValue(completed);
      return completed;
    }
  } catch (error) {
    return failed(run, field, pathOf(field, parentPath), error);
  }
  return resolveField(run, field, typeof value === 'function' ? source : { [field.name]: value }, parentPath);
}

function resolveField(run: Run, field: PlannedField, source: unknown, parentPath: Path): unknown {
  if (run.signal?.aborted) throw clientGone();
  const path = pathOf(field, parentPath);
  const info = infoOf(run, field, path);
  const fail = (error: unknown): null => failed(run, field, path, error);
  // As in graphql-js, later errors are noticed one microtask later, which preserves their order.
  const failLater = (error: unknown): unknown => Promise.reject(error).then(undefined, fail);
  let value: unknown;
  try {
    const { definition, nodes } = field;
    const args = definition.args.length > 0 ? getArgumentValues(definition, nodes[0], run.variables) : {};
    value = field.resolve(source, args, run.context, info);
  } catch (error) {
    return fail(error);
  }
  if (isPromise(value))
    return value.then((resolved) => complete(run, field, resolved, path, info, failLater), failLater);
  return complete(run, field, value, path, info, fail);
}

function complete(
  run: Run,
  field: PlannedField,
  value: unknown,
  path: PlacePath,
  info: GraphQLResolveInfo,
  fail: (error: unknown) => unknown,
): unknown {
  try {
    const completed = field.complete(run, value, path, info);
    return isPromise(completed) ? completed.then(undefined, fail) : completed;
  } catch (error) {
    return fail(error);
  }
}

/**
 * Replaces a failed value with null if the type is nullable; otherwise throws the located error. If the budget is
 * exceeded or the client has disconnected, the result is not needed.
 */
export function failed(
  run: Run,
  { nullable, nodes }: { readonly nullable: boolean; readonly nodes: FieldNodes },
  path: PlacePath,
  thrown: unknown,
): null {
  if (run.budget.exceeded || run.signal?.aborted) throw thrown;
  const error = locatedError(thrown, nodes, responsePathAsArray(path));
  if (!nullable) throw error;
  run.budget.addError(error);
  run.errors.add(error, path);
  return null;
}

function propertyOf(source: unknown, name: string): unknown {
  if ((typeof source === 'object' && source !== null) || typeof source === 'function')
    return (source as Record<string, unknown>)[name];
  return undefined;
}

function pathOf({ key, parent }: PlannedField, prev: Path): PlacePath {
  return { prev, key, typename: parent.name };
}

function infoOf(
  { plan, root, variables }: Run,
  { name, nodes, definition, parent }: PlannedField,
  path: PlacePath,
): GraphQLResolveInfo {
  return {
    fieldName: name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType: parent,
    path,
    schema: plan.schema,
    fragments: plan.fragments as GraphQLResolveInfo['fragments'],
    rootValue: root,
    operation: plan.operation,
    variableValues: variables,
  };
}
