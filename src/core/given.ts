/** Whether an optional value, as GraphQL has them, is there: neither null nor left out. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
