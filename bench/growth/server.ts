import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type App, createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/core/config/config.ts';
import { createLog } from '../../src/core/log.ts';
import { answerTo } from '../rpc.ts';
import { fill } from './fill.ts';

/** Milliseconds between two checks of the event loop: the precision of a measured block. */
const RESOLUTION_MS = 1;

let app: App | undefined;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

answerTo({
  fill: ({ url, keys }: { url: string; keys: number }) => fill(url, keys),

  /** Starts Keywright. Returns its URL, and the milliseconds from the start to the first connection. */
  async start({ url }: { url: string }): Promise<{ url: string; readyMs: number }> {
    const before = performance.now();
    const config = parseConfig({ DATABASE_URL: url, PORT: '0', LOG_LEVEL: 'error' });
    app = await createApp(config, { log: createLog('error') });
    const { url: address } = await app.start();
    delay.enable();
    return { url: address, readyMs: performance.now() - before };
  },

  /** The longest block of the event loop since the last call, milliseconds. */
  block(): number {
    const { max } = delay;
    delay.reset();
    return Math.max(0, max / 1e6 - RESOLUTION_MS);
  },

  stop: () => app?.stop(),
});
