import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { isolateOperation } from '../isolate-operation.ts';
import { hasConditions } from './collect-fields.ts';
import { Plan } from './plan.ts';

/** Maximum number of fields of all cached plans: each takes about a kilobyte. */
const FIELDS_MAX = 20_000;

/** Larger plans are not cached. */
const FIELDS_OF_ONE_MAX = 1_000;

/** Cache of the plans of recent operations, in bounded memory. */
export class PlanCache {
  readonly #plans = new LRUCache<OperationDefinitionNode, Plan>({
    maxSize: FIELDS_MAX,
    maxEntrySize: FIELDS_OF_ONE_MAX,
  });
  readonly #sizes = new WeakMap<Plan, number>();
  readonly #conditional = new WeakMap<OperationDefinitionNode, boolean>();

  /** Number of cached plans. */
  get size(): number {
    return this.#plans.size;
  }

  /** Number of fields of all cached plans. */
  get fields(): number {
    return this.#plans.calculatedSize;
  }

  /** The plan of an operation. `variables` decide its conditions, if it has any. */
  get(request: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly operation: OperationDefinitionNode;
    readonly variables: Record<string, unknown>;
  }): Plan {
    const { schema, document, operation, variables } = request;
    const kept = this.#plans.get(operation);
    if (kept?.schema === schema) return kept;
    // A cached plan must not retain request data: variables may be large, or secret.
    return new Plan(schema, document, operation, this.#isConditional(document, operation) ? variables : {});
  }

  /** Updates a cached plan after an execution, which may have extended it. */
  keep(operation: OperationDefinitionNode, plan: Plan): void {
    if (this.#conditional.get(operation) || plan.size === 0 || this.#sizes.get(plan) === plan.size) return;
    this.#sizes.set(plan, plan.size);
    this.#plans.set(operation, plan, { size: plan.size });
  }

  #isConditional(document: DocumentNode, operation: OperationDefinitionNode): boolean {
    const known = this.#conditional.get(operation);
    if (known !== undefined) return known;
    const found = hasConditions(isolateOperation(document, operation));
    this.#conditional.set(operation, found);
    return found;
  }
}
