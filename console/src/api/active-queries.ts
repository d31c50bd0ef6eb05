import { type Client, makeOperation, type Operation } from 'urql';

/** Knows the queries that open views look at, to ask them again where events may have been missed. */
export class ActiveQueries {
  readonly #queries = new Map<number, Operation>();

  /** Takes note of what views ask for, and of when they leave. */
  note(operation: Operation): void {
    if (operation.kind === 'query') this.#queries.set(operation.key, operation);
    if (operation.kind === 'teardown') this.#queries.delete(operation.key);
  }

  /** Asks the server again for all of them; what they show stays until the answers are there. */
  reload(client: Client): void {
    for (const operation of [...this.#queries.values()]) {
      const context = { ...operation.context, requestPolicy: 'cache-and-network' as const };
      client.reexecuteOperation(makeOperation('query', operation, context));
    }
  }
}
