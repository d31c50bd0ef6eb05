/**
 * Whether the permissions held cover the one wanted: `*` covers all, `api.key.*` all below it. The server decides; this is
 * for what to offer.
 */
export function covers(held: readonly string[], wanted: string): boolean {
  return held.some((one) => {
    if (one === '*' || one === wanted) return true;
    return one.endsWith('.*') && wanted.startsWith(one.slice(0, -1));
  });
}

/** Those of `wanted` that `held` does not cover: what the viewer can't grant. */
export function missingOf(held: readonly string[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((permission) => !covers(held, permission));
}
