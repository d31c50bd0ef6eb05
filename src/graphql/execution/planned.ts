import type {
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLFieldResolver,
  GraphQLObjectType,
  GraphQLResolveInfo,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import type { ResponseBudget } from '../response/response-budget.ts';
import type { CollectContext, FieldNodes } from './collect-fields.ts';
import type { FieldErrors, PlacePath } from './field-errors.ts';

/** The plan of an operation: see `Plan`. */
export interface Planned extends CollectContext {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: Selection;
  /** The selection of these selection sets on this type. */
  select(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection;
}

/** The selection of an operation on one object type. */
export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly PlannedField[];
  /** Bytes of the fields' names in the response budget, per object. */
  readonly units: number;
  /** Class of the response objects. */
  readonly Data: new () => Data;
}

export type Data = Record<string, unknown>;

/** A selected field of an object type. */
export interface PlannedField {
  /** Response name. */
  readonly key: string;
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: FieldNodes;
  readonly nullable: boolean;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  readonly complete: Complete;
  /** For a leaf that is read from the property of its name: completes it without the arguments of resolvers. */
  readonly completeProperty: CompleteLeaf | null;
}

/** Completes a resolved value, or returns a promise of it. Throws errors without a location. */
export type Complete = (run: Run, value: unknown, path: PlacePath, info: GraphQLResolveInfo) => unknown;

/** The same for a leaf, immediately. */
export type CompleteLeaf = (value: unknown) => unknown;

/** One execution of a plan. */
export interface Run {
  readonly plan: Planned;
  /** The parent value for resolvers of root fields. */
  readonly root: unknown;
  readonly context: unknown;
  /** Coerced. */
  readonly variables: Record<string, unknown>;
  readonly errors: FieldErrors;
  readonly budget: ResponseBudget;
  /** Aborted when the result is no longer needed. */
  readonly signal?: AbortSignal | undefined;
}
