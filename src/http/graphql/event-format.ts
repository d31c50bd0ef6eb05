/** Media type of event streams. */
export const EVENT_STREAM = 'text/event-stream';

/** The event that ends an operation in the GraphQL over SSE protocol. */
export const COMPLETE_EVENT = 'event: complete\ndata:\n\n';

/** The event of a result, given as JSON. `id` is where a client can resume after it; null: nowhere. */
export function nextEvent(json: string, id: string | null = null): string {
  return `event: next\n${id === null ? '' : `id: ${id}\n`}data: ${json}\n\n`;
}
