/**
 * Whether the permissions include the wanted one: `*` covers all, `api.key.*` everything below. The server decides;
 * this only controls what is offered.
 */
export function covers(held: readonly string[], wanted: string): boolean {
  return held.some((one) => {
    if (one === '*' || one === wanted) return true;
    return one.endsWith('.*') && wanted.startsWith(one.slice(0, -1));
  });
}

/** Those of `wanted` not covered by `held`, which the viewer can't grant. */
export function missingOf(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((permission) => !covers(held, permission));
}
