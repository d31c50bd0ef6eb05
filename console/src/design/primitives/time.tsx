import { useEffect, useReducer, useSyncExternalStore } from 'react';
import { now } from '../../api/clock.ts';
import { relativeTime } from './relative-time.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const dateOnly = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });

/** A relative time that updates itself, with the full time as tooltip. */
export function RelativeTime({ at }: { readonly at: string }) {
  const time = Date.parse(at);
  useTicking(time);
  return (
    <time dateTime={at} title={full.format(time)} className="whitespace-nowrap tabular-nums">
      {relativeTime(time, now())}
    </time>
  );
}

/** A date, with the full time as tooltip. */
export function DateText({ at }: { readonly at: string }) {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={full.format(time)} className="whitespace-nowrap tabular-nums">
      {dateOnly.format(time)}
    </time>
  );
}

/** A time to the second. */
export function FullTime({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} className="tabular-nums">
      {full.format(Date.parse(at))}
    </time>
  );
}

/** Rerenders when the text changes: often for near times, rarely for distant ones. */
function useTicking(time: number): void {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  const age = Math.abs(time - now());
  const pause = age < MINUTE_MS ? 1_000 : age < HOUR_MS ? MINUTE_MS / 4 : HOUR_MS / 4;
  useEffect(() => clockFor(pause).subscribe(tick), [pause]);
}

interface Ticker {
  subscribe(tick: () => void): () => void;
}

const tickers = new Map<number, Ticker>();

/** One timer for all times with the same interval: a table has hundreds. */
function clockFor(pause: number): Ticker {
  const known = tickers.get(pause);
  if (known) return known;
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const ticker: Ticker = {
    subscribe(tick) {
      listeners.add(tick);
      timer ??= setInterval(() => {
        for (const listener of listeners) listener();
      }, pause);
      return () => {
        listeners.delete(tick);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
  tickers.set(pause, ticker);
  return ticker;
}

let present = now();

/** The current time, to the second, for counters. */
export function useNow(): number {
  return useSyncExternalStore(watchSeconds, () => present);
}

function watchSeconds(changed: () => void): () => void {
  return clockFor(1_000).subscribe(() => {
    present = now();
    changed();
  });
}
