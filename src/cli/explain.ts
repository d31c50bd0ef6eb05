import { UnavailableError } from '../core/errors.ts';
import { scrub } from '../core/scrub.ts';

/** An error as a line for whoever typed the command, without any credential that its text may hold. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return scrub(String(error));
  // What callers of the API are not shown, operators are: a path, an address, a code.
  if (error instanceof UnavailableError && error.cause)
    return `${scrub(error.message)}: ${explain(error.cause)}`;
  // What failed at several addresses (of a database's host) has a text for each, and none of its own.
  const parts = error instanceof AggregateError ? error.errors.map((part) => explain(part)) : [];
  return scrub(error.message || parts.join('; ') || error.name);
}
