const TICK_MS = 5_000;

/** So much longer than a tick that the computer must have slept. */
const SLEPT_MS = 15_000;

/** Waits so long, or until there is reason to believe that the network is back: whichever comes first. */
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

/** Calls back when the computer has slept, as far as a page can tell: its timers stood still. */
export function onWakeUp(woke: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const slept = Date.now() - last > SLEPT_MS;
    last = Date.now();
    if (slept) woke();
  }, TICK_MS);
  return () => clearInterval(timer);
}
