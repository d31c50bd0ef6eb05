/** Counts the turns of the event loop, in each of which requests would be answered. */
export function countTurns(): { readonly count: number; stop(): void } {
  let count = 0;
  let stopped = false;
  const next = (): void => {
    count += 1;
    if (!stopped) setImmediate(next);
  };
  setImmediate(next);
  return {
    get count() {
      return count;
    },
    stop() {
      stopped = true;
    },
  };
}
