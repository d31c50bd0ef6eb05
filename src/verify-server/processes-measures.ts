import type { ProcessesMeasures } from '../cluster/verification-processes.ts';
import { sumOf } from './process-measures.ts';
import type { ProcessSlot } from './process-slot.ts';

/** The measures of all processes. Concurrent calls of `refresh` share one round of questions. */
export function measuresOf(slots: readonly ProcessSlot[]): ProcessesMeasures {
  let asking: Promise<void> | null = null;
  const askAll = async (): Promise<void> => {
    const listening = slots.filter(({ isListening }) => isListening);
    await Promise.all(listening.map((slot) => slot.measures.ask(() => slot.send({ type: 'measure' }))));
    asking = null;
  };
  return {
    get counts() {
      return sumOf(slots.map(({ measures }) => measures.counts));
    },
    get silent() {
      return slots.filter(({ measures }) => measures.isSilent).length;
    },
    get restarts() {
      return slots.reduce((sum, { restarts }) => sum + restarts, 0);
    },
    refresh() {
      asking ??= askAll();
      return asking;
    },
  };
}
