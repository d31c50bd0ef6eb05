import { type Client, makeOperation, type Operation, type OperationResult } from 'urql';

/** Tracks the queries of open views, to refetch them after events or responses may have been missed. */
export class ActiveQueries {
  readonly #queries = new Map<number, Operation>();

  readonly #unanswered = new Set<number>();

  /** Tracks the queries of views until they are torn down. */
  note(operation: Operation): void {
    if (operation.kind === 'query') this.#queries.set(operation.key, operation);
    if (operation.kind === 'teardown') this.#forget(operation.key);
  }

  /** Records whether the server has answered. */
  noteResult({ operation, error }: OperationResult): void {
    if (error?.networkError && this.#queries.has(operation.key)) this.#unanswered.add(operation.key);
    else this.#unanswered.delete(operation.key);
  }

  /** Refetches all of them. Their data stays until the responses arrive. */
  reload(client: Client): void {
    this.#ask(client, [...this.#queries.values()]);
  }

  /** Refetches failed queries. */
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
