import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../src/core/errors.ts';
import type { Source } from '../src/realtime/source.ts';

/** Maximum number of pending events before a reader is disconnected as too slow. */
const WAITING_MAX = 1_000;

/** A source as an async iterator, for executors other than this server's engine. */
export async function* iterate<E extends object>(open: () => Promise<Source<E>>): AsyncGenerator<E> {
  const waiting: E[] = [];
  let stopped = false;
  let wake: () => void = () => {};
  let taken: () => void = () => {};
  let failure: { error: unknown } | null = null;
  const failed = (error: unknown): void => {
    failure = { error };
    wake();
  };
  const source = await open();
  const opening = source.open({
    receive: (event) => {
      waiting.push(event);
      wake();
    },
    ready: async () => {
      while (waiting.length >= WAITING_MAX / 2 && !stopped)
        await new Promise<void>((resolve) => (taken = resolve));
      await turn();
      return WAITING_MAX / 2;
    },
    full: () => waiting.length >= WAITING_MAX / 2,
    stopped: () => stopped,
    failed,
  });
  opening.catch(failed);
  try {
    for (;;) {
      if (failure) throw (failure as { error: unknown }).error;
      if (waiting.length > WAITING_MAX) throw new AppError('TOO_SLOW', 'The subscriber does not keep up');
      const event = waiting.shift();
      if (event) {
        taken();
        yield event;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stopped = true;
    taken();
    const leave = await opening.catch(() => null);
    leave?.();
  }
}
