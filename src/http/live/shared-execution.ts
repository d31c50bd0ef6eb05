import { type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { GraphQLContext } from '../../../schema/context.ts';
import type { CheckedSubscription } from '../graphql-engine.ts';
import { presentResult } from '../graphql-errors.ts';

/** What an event came to, made once and sent to many. */
export class SharedResult {
  /** The result as JSON. */
  readonly json: string;
  #message: Buffer | null = null;

  constructor(result: ExecutionResult) {
    this.json = JSON.stringify(result);
  }

  /** The start of a `next` message up to the end of its payload; the subscription's id follows. */
  get message(): Buffer {
    this.#message ??= Buffer.from(`{"type":"next","payload":${this.json}`);
    return this.#message;
  }
}

/** Receives what an execution came to: the very same object as everybody else in the group. */
export interface GroupMember {
  /** Changes whenever what is under way for it must not reach it any more. */
  readonly epoch: number;
  deliver(event: object, result: SharedResult): void;
}

interface Execution {
  readonly event: object;
  readonly members: { readonly member: GroupMember; readonly epoch: number }[];
  result: SharedResult | null;
}

/**
 * Everybody with the same operation, organization and permissions: each event is executed and serialized once for all of
 * them, and delivered in the order in which the events came.
 */
export class SharedExecution {
  readonly #schema: GraphQLSchema;
  readonly #subscription: CheckedSubscription;
  readonly #context: () => GraphQLContext;
  readonly #queue: Execution[] = [];
  readonly #byEvent = new Map<object, Execution>();

  /** `context` makes a fresh context, with the permissions of the group, for each event. */
  constructor(schema: GraphQLSchema, subscription: CheckedSubscription, context: () => GraphQLContext) {
    this.#schema = schema;
    this.#subscription = subscription;
    this.#context = context;
  }

  /** Executes the event, unless that is under way already, and delivers to the member. */
  push(event: object, member: GroupMember): void {
    const known = this.#byEvent.get(event);
    const execution = known ?? { event, members: [], result: null };
    execution.members.push({ member, epoch: member.epoch });
    if (known) return;
    this.#byEvent.set(event, execution);
    this.#queue.push(execution);
    void this.#run(execution);
  }

  /** How many executions are under way. */
  get size(): number {
    return this.#queue.length;
  }

  async #run(execution: Execution): Promise<void> {
    const { document, operation, variables } = this.#subscription;
    const contextValue = this.#context();
    let result: ExecutionResult;
    try {
      result = await execute({
        schema: this.#schema,
        document,
        operationName: operation.name?.value ?? null,
        variableValues: variables,
        rootValue: execution.event,
        contextValue,
      });
    } catch (error) {
      result = { errors: [error as never] };
    }
    execution.result = new SharedResult(presentResult(result, contextValue.request, contextValue.log));
    this.#deliver();
  }

  #deliver(): void {
    for (;;) {
      const first = this.#queue[0];
      if (!first?.result) return;
      this.#queue.shift();
      this.#byEvent.delete(first.event);
      for (const { member, epoch } of first.members) {
        if (member.epoch === epoch) member.deliver(first.event, first.result);
      }
    }
  }
}
