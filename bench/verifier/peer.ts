import { SQLite } from '../../db/sqlite/driver.ts';
import { answerTo } from '../rpc.ts';

// Runs in bench/peers, with the libraries installed there.

export interface InProcess {
  /** The folder of the peers' own files. */
  readonly folder: string;
  readonly path: string;
  readonly secondary: boolean;
  readonly keys: number;
  readonly ms: number;
}

interface Peers {
  openBetterAuth(
    driver: typeof SQLite,
    path: string,
    secondary: boolean,
    count: number,
  ): Promise<{ keys: string[]; verify(key: string): Promise<boolean> }>;
}

answerTo({
  /** Verifications per second, one after the other, after a warm-up. */
  async betterAuth({ folder, path, secondary, keys: count, ms }: InProcess): Promise<number> {
    const { openBetterAuth } = (await import(`${folder}/better-auth-in-process.mjs`)) as Peers;
    const { keys, verify } = await openBetterAuth(SQLite, path, secondary, count);
    const run = async (until: number): Promise<number> => {
      let done = 0;
      for (; performance.now() < until; done += 1) {
        const key = keys[done % keys.length] ?? '';
        if (!(await verify(key))) throw new Error('A key is not accepted');
      }
      return done;
    };
    await run(performance.now() + 1_000);
    const start = performance.now();
    const done = await run(start + ms);
    return (done * 1_000) / (performance.now() - start);
  },
});
