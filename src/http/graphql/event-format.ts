/** Media type of event streams. */
export const EVENT_STREAM = 'text/event-stream';

/** The event that completes an operation in the GraphQL over SSE protocol. */
export const COMPLETE_EVENT = 'event: complete\ndata:\n\n';

/** The event of a result in JSON. `id` is the position to resume from after it. Null: none. */
export function nextEvent(json: string, id: string | null = null): string {
  return `event: next\n${id === null ? '' : `id: ${id}\n`}data: ${json}\n\n`;
}
