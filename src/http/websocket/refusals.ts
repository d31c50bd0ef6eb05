import { RateLimitedError } from '../../core/errors.ts';
import { Refusal } from '../../core/refusal.ts';

/** Retry delay for a caller or an address with too many connections, seconds. */
const RETRY_AFTER_S = 5;

/** The error for a further connection of a caller or an address. */
export function tooMany(whose: 'caller' | 'address'): RateLimitedError {
  return new RateLimitedError(`Too many connections of this ${whose}`, RETRY_AFTER_S);
}

/** The error for a subscription over HTTP whose response can't be a stream. */
export function notStreaming(): Refusal {
  const message = 'Subscriptions require an event stream (Accept: text/event-stream) or a WebSocket';
  return new Refusal(406, 'BAD_REQUEST', message);
}
