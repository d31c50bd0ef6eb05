import type { FaultFragment } from '../generated/graphql.ts';

/** Why a mutation changed nothing, for display in a form. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** The error of one field, by its name in the input (`ipAllowlist`, `rateLimit.limit`), or null. */
  at(field: string): string | null;
  /** Permissions that the viewer lacks, if that was the reason. */
  readonly permissions: readonly string[];
  /** The id of an object that no longer exists, if that was the reason. */
  readonly missing: string | null;
  /** Errors that belong to no field. */
  besides(fields: readonly string[]): readonly string[];
}

/** The result of a mutation: its payload, or one of the errors in its union. */
export type Outcome = { readonly __typename?: string | undefined };

/** The payload in a mutation's union, if present. */
export type Payload<Result extends Outcome> = Exclude<Result, { readonly code: unknown }>;

/** A mutation's outcome: its payload, or its fault. */
export type Done<Result extends Outcome> =
  | { readonly payload: Payload<Result>; readonly fault: null }
  | { readonly payload: null; readonly fault: Fault };

/** Distinguishes a mutation's payload from its errors, which have a `code`. Spread `...Fault` in every mutation. */
export function outcomeOf<Result extends Outcome>(result: Result): Done<Result> {
  if ('code' in result) return { payload: null, fault: faultOf(result as unknown as FaultFragment) };
  return { payload: result as Payload<Result>, fault: null };
}

/** A fault without a field: the server is unavailable, or the request was denied as a whole. */
export function generalFault(code: string, message: string): Fault {
  return { code, message, at: () => null, permissions: [], missing: null, besides: () => [message] };
}

/** urql's message for a failed request, without its prefix. */
export function faultWords(message: string): string {
  if (message.startsWith('[Network]'))
    return 'The server is not responding. The console retries automatically.';
  return message.replaceAll('[GraphQL] ', '');
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function faultOf(error: FaultFragment): Fault {
  const issues = 'issues' in error ? error.issues : [];
  const messages = issues.map(({ path, message }) => ({ field: fieldOf(path), message }));
  const isAt = (field: string) => (one: { field: string }) =>
    one.field === field || one.field.startsWith(`${field}.`);
  return {
    code: error.code,
    message: error.message,
    at: (field) =>
      messages
        .filter(isAt(field))
        .map(({ message }) => message)
        .join('. ') || null,
    permissions: 'permissions' in error ? error.permissions : [],
    missing: 'id' in error ? error.id : null,
    besides: (fields) =>
      issues.length === 0
        ? [error.message]
        : messages.filter((one) => !fields.some((field) => isAt(field)(one))).map(({ message }) => message),
  };
}

/** `["input", "rateLimit", "limit"]` is `rateLimit.limit`. */
function fieldOf(path: readonly string[]): string {
  return path.slice(path[0] === 'input' ? 1 : 0).join('.');
}
