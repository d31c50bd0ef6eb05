const TICK_MS = 5_000;

/** A longer interval between two ticks indicates sleep, milliseconds. */
const SLEPT_MS = 15_000;

/** Waits this long, or until the network seems to be available again, whichever is first. */
export function untilAwake(milliseconds: number, end: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = () => {
      clearTimeout(timer);
      stop.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const { signal } = stop;
    window.addEventListener('online', done, { signal });
    window.addEventListener('pageshow', done, { signal });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && done(), {
      signal,
    });
    end.addEventListener('abort', done, { signal });
  });
}

/** Calls back after the computer has slept, detected by delayed timers. */
export function onWakeUp(woke: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const slept = Date.now() - last > SLEPT_MS;
    last = Date.now();
    if (slept) woke();
  }, TICK_MS);
  return () => clearInterval(timer);
}
