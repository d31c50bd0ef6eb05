import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { PlacePath } from './field-errors.ts';
import type { Complete, CompleteLeaf, Planned, PlannedField, Selection } from './planned.ts';
import { executeFields, failed, isPromise } from './run.ts';

/** The parts of a field that the completion of its values depends on. */
interface Place extends Pick<PlannedField, 'name' | 'parent' | 'nodes'> {
  readonly plan: Planned;
}

/** Completes values of a type in this position. */
export function completionOf(type: GraphQLOutputType, place: Place): Complete {
  const leaf = leafCompletionOf(type, place);
  if (leaf)
    return ({ budget }, value) => {
      const completed = leaf(value);
      budget.addValue(completed);
      return completed;
    };
  if (!isNonNullType(type)) return orNull(presentCompletionOf(type, place));
  const complete = completionOf(type.ofType, place);
  return (run, value, path, info) => notNull(complete(run, value, path, info), place);
}

/** Completes values of a type in this position if it is a leaf type. Otherwise null. */
export function leafCompletionOf(type: GraphQLOutputType, place: Place): CompleteLeaf | null {
  const named = isNonNullType(type) ? type.ofType : type;
  if (!isLeafType(named)) return null;
  const complete = (value: unknown): unknown => {
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw value;
    return serialize(named, value);
  };
  return isNonNullType(type) ? (value) => notNull(complete(value), place) : complete;
}

function notNull(completed: unknown, { parent, name }: Place): unknown {
  if (completed !== null) return completed;
  throw new Error(`Cannot return null for non-nullable field ${parent.name}.${name}.`);
}

function orNull(complete: Complete): Complete {
  return (run, value, path, info) => {
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw value;
    return complete(run, value, path, info);
  };
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized !== null && serialized !== undefined) return serialized;
  // Without the value: it may be confidential, even in the log.
  throw new Error(`Expected ${type.name} to serialize to a non-nullable value`);
}

function presentCompletionOf(type: GraphQLOutputType, place: Place): Complete {
  if (isListType(type)) return listCompletion(type.ofType, place);
  if (isAbstractType(type)) return abstractCompletion(type, place);
  if (isObjectType(type)) return objectCompletion(type, place);
  throw new Error(`Values of ${type} can't be returned`);
}

function listCompletion(type: GraphQLOutputType, place: Place): Complete {
  const complete = completionOf(type, place);
  const { nodes, parent, name } = place;
  const items = { nullable: !isNonNullType(type), nodes };
  return (run, value, path, info) => {
    if (!isIterable(value))
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parent.name}.${name}".`);
    const completed: unknown[] = [];
    let pending: PendingItems | undefined;
    const add = (item: unknown, itemPath: PlacePath): void => {
      const fail = (error: unknown): null => failed(run, items, itemPath, error);
      try {
        const one = isPromise(item)
          ? item.then((resolved) => complete(run, resolved, itemPath, info))
          : complete(run, item, itemPath, info);
        if (isPromise(one)) {
          pending ??= new PendingItems(completed);
          pending.add(one, fail);
        } else completed.push(one);
      } catch (error) {
        completed.push(fail(error));
      }
    };
    try {
      for (const item of value) add(item, { prev: path, key: completed.length, typename: undefined });
    } catch (error) {
      // Nothing awaits the previous items any longer, so a further failure must not become an unhandled rejection.
      pending?.list.catch(() => {});
      throw error;
    }
    return pending ? pending.end() : completed;
  };
}

/** A list some of whose items are awaited. One promise for all of them: with `Promise.all`, each would need two more. */
class PendingItems {
  readonly list: Promise<unknown[]>;
  readonly #items: unknown[];
  /** Awaited items, and one until all have been added. */
  #left = 1;
  #resolve!: (items: unknown[]) => void;
  #reject!: (error: unknown) => void;

  constructor(items: unknown[]) {
    this.#items = items;
    this.list = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Appends an item. `fail` returns what replaces it if it fails, or throws the error that fails the list. */
  add(item: Promise<unknown>, fail: (error: unknown) => null): void {
    const index = this.#items.push(null) - 1;
    const put = (value: unknown): void => {
      this.#items[index] = value;
      this.#arrived();
    };
    this.#left += 1;
    item.then(put, (error: unknown) => {
      try {
        put(fail(error));
      } catch (thrown) {
        // As in graphql-js, the list fails one microtask later than its item, which preserves the order of errors.
        void Promise.reject(thrown).catch(this.#reject);
      }
    });
  }

  /** No more items follow. Resolves to the list, or rejects with the first error that is not replaced with null. */
  end(): Promise<unknown[]> {
    this.#arrived();
    return this.list;
  }

  #arrived(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#resolve(this.#items);
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function objectCompletion(type: GraphQLObjectType, { plan, nodes }: Place): Complete {
  let selection: Selection | undefined;
  return (run, value, path, info) => {
    selection ??= plan.select(
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    );
    const known = selection;
    const isOfType = type.isTypeOf ? type.isTypeOf(value, run.context, info) : true;
    const go = (is: boolean) => {
      if (is) return executeFields(run, known, value, path);
      throw new GraphQLError(`Expected a value of type "${type.name}".`, { nodes });
    };
    return isPromise(isOfType) ? isOfType.then((is) => go(is as boolean)) : go(isOfType as boolean);
  };
}

function abstractCompletion(type: GraphQLAbstractType, place: Place): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const completions = new Map<GraphQLObjectType, Complete>();
  const completionFor = (name: unknown): Complete => {
    const objectType = possibleType(type, name, place);
    const known = completions.get(objectType);
    if (known) return known;
    const made = objectCompletion(objectType, place);
    completions.set(objectType, made);
    return made;
  };
  return (run, value, path, info) => {
    const name: unknown = resolveType(value, run.context, info, type);
    if (isPromise(name)) return name.then((resolved) => completionFor(resolved)(run, value, path, info));
    return completionFor(name)(run, value, path, info);
  };
}

/** The object type that an abstract type's resolver returned. Throws with graphql-js's message if it returned none. */
function possibleType(type: GraphQLAbstractType, name: unknown, place: Place): GraphQLObjectType {
  const { plan, parent, nodes } = place;
  const fault = (what: string) => new GraphQLError(what, { nodes });
  if (typeof name !== 'string')
    throw fault(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${parent.name}.${place.name}". ` +
        `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
    );
  const resolved = `Abstract type "${type.name}" was resolved to a`;
  const found = plan.schema.getType(name);
  if (!found) throw fault(`${resolved} type "${name}" that does not exist inside the schema.`);
  if (!isObjectType(found)) throw fault(`${resolved} non-object type "${name}".`);
  if (plan.schema.isSubType(type, found)) return found;
  throw fault(`Runtime Object type "${name}" is not a possible type for "${type.name}".`);
}
