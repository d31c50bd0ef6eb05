import { existsSync, readFileSync } from 'node:fs';
import type { History, Verified } from './history.ts';

/** What a process that embeds a verifier writes down, one JSON array a line. */
export type Line =
  | [
      'verified',
      keyId: string,
      startedAt: number,
      endedAt: number,
      code: string,
      source: Verified['source'],
      reason: string | null,
    ]
  | ['watched', watch: number, keyId: string, at: number]
  | ['notified', watch: number, code: string, at: number];

/** Adds what a process has written to a history. The last line of a killed one may be incomplete. */
export function readLines(path: string, process: string, history: History): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  for (const text of lines) {
    const line = JSON.parse(text) as Line;
    if (line[0] === 'verified') {
      const [, keyId, startedAt, endedAt, code, source, reason] = line;
      history.verified.push({ process, keyId, startedAt, endedAt, code, source, reason });
    } else if (line[0] === 'watched') {
      const [, watch, keyId, registeredAt] = line;
      history.watched.push({ process, watch, keyId, registeredAt });
    } else {
      const [, watch, code, at] = line;
      history.notified.push({ process, watch, code, at });
    }
  }
}
