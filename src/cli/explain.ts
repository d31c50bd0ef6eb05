import { UnavailableError } from '../core/errors.ts';
import { scrub } from '../core/scrub.ts';

/** Formats an error as one line, without any credentials in its text. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return scrub(String(error));
  // Operators see details that API callers don't: a path, an address, a code.
  if (error instanceof UnavailableError && error.cause)
    return `${scrub(error.message)}: ${explain(error.cause)}`;
  // An AggregateError, as for several addresses of a host, has no message of its own.
  const parts = error instanceof AggregateError ? error.errors.map((part) => explain(part)) : [];
  return scrub(error.message || parts.join('; ') || error.name);
}
