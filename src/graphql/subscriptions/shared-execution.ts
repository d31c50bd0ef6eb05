import { type ExecutionResult, type GraphQLSchema, getVariableValues } from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import { execute } from '../execution/execute.ts';
import { Plan } from '../execution/plan.ts';
import { presentResult } from '../graphql-errors.ts';
import type { CheckedSubscription } from '../operation-context.ts';
import { ResponseBudget } from '../response/response-budget.ts';
import { withoutRootArguments } from './operation.ts';

/** The result of an event, serialized once and sent to many. */
export class SharedResult implements ExecutionResult {
  declare readonly data?: NonNullable<ExecutionResult['data']> | null;
  declare readonly errors?: NonNullable<ExecutionResult['errors']>;
  /** The result as JSON. */
  readonly json: string;
  #message: Buffer | null = null;

  constructor(result: ExecutionResult) {
    if (result.data !== undefined) this.data = result.data;
    if (result.errors) this.errors = result.errors;
    this.json = JSON.stringify(result);
  }

  /** The start of a `next` message up to the end of its payload; the subscription's id follows. */
  get message(): Buffer {
    this.#message ??= Buffer.from(`{"type":"next","payload":${this.json}`);
    return this.#message;
  }
}

/** Receives an execution's result: the same object for the whole group. */
export interface GroupMember {
  /** Changes whenever pending results must no longer reach it. */
  readonly epoch: number;
  /** The number of the last execution that it waits for. It must not join an earlier one. */
  behind: number;
  deliver(event: object, result: SharedResult): void;
}

interface Execution {
  /** Grows with each execution. */
  readonly number: number;
  readonly event: object;
  readonly members: { readonly member: GroupMember; readonly epoch: number }[];
  result: SharedResult | null;
}

let lastNumber = 0;

/**
 * All subscribers with the same operation, organization and permissions. Each event is executed and serialized once for
 * all of them, and delivered in the order of the events.
 */
export class SharedExecution {
  readonly #schema: GraphQLSchema;
  readonly #subscription: CheckedSubscription;
  readonly #variables: Record<string, unknown>;
  readonly #responseMax: number;
  readonly #plan: Plan;
  readonly #context: () => GraphQLContext;
  readonly #queue: Execution[] = [];
  readonly #byEvent = new Map<object, Execution>();
  /** A context without loaded data, for events that need none. */
  #untouched: GraphQLContext | null = null;
  /** Delivered in this tick to the members that have joined so far. */
  #delivered: Execution | null = null;

  /**
   * `context` returns a context with the permissions of the group for an execution that starts now. `responseMax`:
   * maximum size of a result, bytes.
   */
  constructor(
    schema: GraphQLSchema,
    subscription: CheckedSubscription,
    responseMax: number,
    context: () => GraphQLContext,
  ) {
    this.#schema = schema;
    this.#subscription = withoutRootArguments(subscription);
    const { operation, variables } = this.#subscription;
    const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    this.#variables = coerced;
    this.#responseMax = responseMax;
    this.#plan = new Plan(schema, this.#subscription.document, operation, coerced);
    this.#context = context;
  }

  /** Executes the event, unless an execution is already pending, and delivers the result to the member. */
  push(event: object, member: GroupMember): void {
    const done = this.#delivered;
    if (done?.event === event && done.result && done.number >= member.behind) {
      member.behind = done.number;
      return member.deliver(event, done.result);
    }
    const known = this.#byEvent.get(event);
    const joins = known !== undefined && known.number >= member.behind;
    const execution = joins ? known : { number: ++lastNumber, event, members: [], result: null };
    execution.members.push({ member, epoch: member.epoch });
    member.behind = execution.number;
    if (joins) return;
    this.#byEvent.set(event, execution);
    this.#queue.push(execution);
    this.#run(execution);
  }

  /** Number of pending executions. */
  get size(): number {
    return this.#queue.length;
  }

  /** Delivers synchronously if nothing has to be awaited. */
  #run(execution: Execution): void {
    const context = this.#untouched ?? this.#context();
    this.#untouched = null;
    const done = (result: ExecutionResult): void => {
      execution.result = new SharedResult(presentResult(result, context.client, context));
      this.#deliver();
    };
    const { document, operation } = this.#subscription;
    const result = execute({
      schema: this.#schema,
      document,
      operationName: operation.name?.value,
      rootValue: execution.event,
      contextValue: context,
      coerced: this.#variables,
      budget: new ResponseBudget(this.#responseMax),
      plan: this.#plan,
    });
    if ('then' in result) return void result.then(done);
    if (!result.errors) this.#untouched = context;
    done(result);
  }

  #deliver(): void {
    for (;;) {
      const first = this.#queue[0];
      if (!first?.result) return;
      this.#queue.shift();
      if (this.#byEvent.get(first.event) === first) this.#byEvent.delete(first.event);
      // Valid only in this tick: later its result may be out of date.
      if (!this.#delivered) queueMicrotask(() => (this.#delivered = null));
      this.#delivered = first;
      for (const { member, epoch } of first.members) {
        if (member.epoch === epoch) member.deliver(first.event, first.result);
      }
    }
  }
}
