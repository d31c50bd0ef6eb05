import { type Client, makeOperation, type Operation, type OperationResult } from 'urql';

/** Knows the queries that open views look at, to ask them again where events or answers may have been missed. */
export class ActiveQueries {
  readonly #queries = new Map<number, Operation>();

  readonly #unanswered = new Set<number>();

  /** Records the queries of views, and when views end them. */
  note(operation: Operation): void {
    if (operation.kind === 'query') this.#queries.set(operation.key, operation);
    if (operation.kind === 'teardown') this.#forget(operation.key);
  }

  /** Records whether the server has answered. */
  noteResult({ operation, error }: OperationResult): void {
    if (error?.networkError && this.#queries.has(operation.key)) this.#unanswered.add(operation.key);
    else this.#unanswered.delete(operation.key);
  }

  /** Asks the server again for all of them; what they show stays until the answers are there. */
  reload(client: Client): void {
    this.#ask(client, [...this.#queries.values()]);
  }

  /** Asks the server again for what it did not answer. */
  retry(client: Client): void {
    this.#ask(
      client,
      [...this.#queries.values()].filter(({ key }) => this.#unanswered.has(key)),
    );
  }

  #forget(key: number): void {
    this.#queries.delete(key);
    this.#unanswered.delete(key);
  }

  #ask(client: Client, operations: readonly Operation[]): void {
    for (const operation of operations) {
      const context = { ...operation.context, requestPolicy: 'cache-and-network' as const };
      client.reexecuteOperation(makeOperation('query', operation, context));
    }
  }
}
