import type { Output } from './io.ts';

const BAR_WIDTH = 30;

/** Lines that are written if the output is not a terminal. */
const STEPS = 10;

/** Whether the output can show a bar that moves. */
export function isTerminal(output: Output): boolean {
  return 'isTTY' in output && output.isTTY === true;
}

/** A share from 0 to 1 as a bar. */
export function bar(share: number): string {
  const filled = Math.round(Math.max(0, Math.min(1, share)) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}

/** Shows how far a long operation is. */
export interface Progress {
  /** `share` from 0 to 1. */
  show(share: number, text: string): void;
  /** Removes the bar, if there is one, so that other text can be written. */
  clear(): void;
}

/** A bar that moves in a terminal; otherwise a line for each tenth. */
export function progressOn(output: Output, title: string): Progress {
  const moves = isTerminal(output);
  let shown = 0;
  return {
    show(share, text) {
      if (moves) {
        output.write(`\r\u001b[K${title} ${bar(share)} ${text}`);
        return;
      }
      const step = Math.floor(share * STEPS);
      if (step <= shown) return;
      shown = step;
      output.write(`${title}: ${Math.floor(share * 100)}%, ${text}\n`);
    },
    clear() {
      if (moves) output.write('\r\u001b[K');
    },
  };
}
