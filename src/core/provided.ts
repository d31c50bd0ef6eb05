/** Whether an optional GraphQL value was provided: neither null nor omitted. */
export function isProvided<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
