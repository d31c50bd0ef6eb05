import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { holds } from '../drill.ts';
import type { Embedding } from './embedding.ts';
import type { VerifierDrill } from './verifier-drill.ts';

/** One thing that is broken, and mended afterwards. */
type Fault = (drill: VerifierDrill, breakMs: number) => Promise<void>;

/** Keys are created so many at a time, and revoked until few are left. */
const KEYS = 40;
const KEYS_MIN = 10;

/** Breaks processes, connections and clocks at random for a while, and changes keys all the time. */
export async function randomFaults(drill: VerifierDrill, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  let keys = await drill.createKeys(KEYS);
  await drill.load(keys);
  const changing = (async () => {
    while (performance.now() < end) {
      const node = pick(drill, drill.nodes);
      const key = keys.pop();
      if (key && node.running()) {
        // Sometimes it is accepted again in between.
        if (drill.random() < 0.3) {
          await drill.setEnabled(node, key, false);
          await drill.setEnabled(pick(drill, drill.nodes), key, true);
        }
        await drill.revoke(pick(drill, drill.nodes), key);
      }
      if (keys.length < KEYS_MIN) {
        const more = await drill.createKeys(KEYS).catch(() => []);
        keys = [...keys, ...more];
        drill.loadRunning(keys);
        drill.watchRunning(more.slice(0, 5));
      }
      await pause(20);
    }
  })();
  while (performance.now() < end) {
    const fault = pick(drill, FAULTS);
    await fault(drill, 50 + drill.random() * 3_000);
    await pause(drill.random() * 500);
  }
  await changing;
  await drill.connected();
}

function pick<T>(drill: VerifierDrill, list: readonly T[]): T {
  return list[Math.floor(drill.random() * list.length)] as T;
}

const FAULTS: readonly Fault[] = [
  async function cut(drill, breakMs) {
    await spoil(pick(drill, drill.embeddings), 'cut', breakMs);
  },

  async function swallow(drill, breakMs) {
    await spoil(pick(drill, drill.embeddings), 'swallow', breakMs);
  },

  async function delay(drill, breakMs) {
    const { way } = pick(drill, drill.embeddings);
    way.delayAnswers(drill.random() * 400);
    await pause(breakMs);
    way.mend();
  },

  async function stopVerifier(drill, breakMs) {
    const one = pick(drill, drill.embeddings);
    one.signal('SIGSTOP');
    await pause(breakMs);
    one.signal('SIGCONT');
  },

  async function blockVerifier(drill, breakMs) {
    await pick(drill, drill.embeddings).block(breakMs);
  },

  async function killVerifier(drill) {
    const one = pick(drill, drill.embeddings);
    await one.kill();
    await one.start();
  },

  async function jump(drill) {
    await pick(drill, drill.embeddings).jump((drill.random() - 0.5) * 1e8);
  },

  async function stopServer(drill, breakMs) {
    const node = pick(drill, drill.nodes);
    node.kill('SIGSTOP');
    await pause(breakMs);
    node.kill('SIGCONT');
  },

  async function killServer(drill) {
    const node = pick(drill, drill.nodes);
    node.kill('SIGKILL');
    await holds(() => expect(node.running()).toBe(false));
    await node.start();
  },

  async function restartServer(drill) {
    const node = pick(drill, drill.nodes);
    await node.stop();
    await node.start();
  },
];

async function spoil({ way }: Embedding, how: 'cut' | 'swallow', breakMs: number): Promise<void> {
  way[how]();
  await pause(breakMs);
  way.mend();
}
