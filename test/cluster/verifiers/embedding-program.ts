import { openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { answerTo, now } from '../../../bench/rpc.ts';
import { createVerifier, type Verdict, type Verifier } from '../../../packages/verifier/src/index.ts';
import type { DrillKey } from '../drill.ts';
import type { Line } from './lines.ts';

// An application that embeds a verifier, presents keys to it, and writes down each verdict before anything else.

const RealDate = Date;
let skewMs = 0;
globalThis.Date = class extends RealDate {
  constructor(given?: number | string | Date) {
    super(given ?? RealDate.now() + skewMs);
  }
  static override now(): number {
    return RealDate.now() + skewMs;
  }
} as DateConstructor;

let file = -1;
let verifier: Verifier;
let live: readonly DrillKey[] = [];
let watches = 0;

/** Kept by the system, even if this process is killed right after. */
function write(line: Line): void {
  writeSync(file, `${JSON.stringify(line)}\n`);
}

async function verify({ id, secret }: DrillKey): Promise<Verdict | null> {
  const startedAt = now();
  let verdict: Verdict | null = null;
  let reason: string | null = null;
  try {
    verdict = await verifier.verify(secret);
  } catch (error) {
    reason = (error as Error).message;
  }
  const { code = 'UNAVAILABLE', source = null } = verdict ?? {};
  write(['verified', id, startedAt, now(), code, source, reason]);
  return verdict;
}

async function present(everyMs: number): Promise<void> {
  for (;;) {
    const key = live[Math.floor(Math.random() * live.length)];
    if (key) await verify(key);
    await pause(everyMs);
  }
}

answerTo({
  start({ url, token, path, everyMs, atOnce }: StartParams): void {
    file = openSync(path, 'a');
    verifier = createVerifier({ url, token, name: 'Drill', timeoutMs: 2_000 });
    for (let each = 0; each < atOnce; each += 1) void present(everyMs);
  },

  /** Presents these keys at random from now on. */
  live({ keys }: { keys: readonly DrillKey[] }): void {
    live = keys;
  },

  /** Presents each of these once, all at once. */
  async verify({ keys, times = 1 }: { keys: readonly DrillKey[]; times?: number }): Promise<string[]> {
    const all = Array.from({ length: times }, () => keys).flat();
    const verdicts = await Promise.all(all.map(verify));
    return verdicts.map((verdict) => verdict?.code ?? 'UNAVAILABLE');
  },

  /** Registers a callback for each key that is accepted. */
  async watch({ keys }: { keys: readonly DrillKey[] }): Promise<void> {
    for (const key of keys) {
      const verdict = await verify(key);
      if (!verdict?.valid) continue;
      watches += 1;
      const watch = watches;
      write(['watched', watch, key.id, now()]);
      verifier.onInvalid(verdict, (code) => write(['notified', watch, code, now()]));
    }
  },

  status: () => verifier.status(),

  /** Sets the clock. */
  jump({ ms }: { ms: number }): void {
    skewMs += ms;
  },

  /** Lets the event loop do nothing else. */
  block({ ms }: { ms: number }): void {
    const end = performance.now() + ms;
    while (performance.now() < end);
  },

  stop: () => verifier.stop(),
});

interface StartParams {
  readonly url: string;
  readonly token: string;
  /** Where it writes what happens. */
  readonly path: string;
  /** Pause between two verifications of each of `atOnce` clients, milliseconds. */
  readonly everyMs: number;
  readonly atOnce: number;
}
