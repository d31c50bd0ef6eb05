import type { Services } from '../../context.ts';
import { ClockSteps } from '../../core/clock.ts';
import { limitLastSeen } from '../../sessions/limit-last-seen.ts';
import { recordExpiries, withdrawExpiries } from './record-expiries.ts';

/** Interval between sweeps, milliseconds. */
const INTERVAL_MS = 400;

/** Records expiries, and corrects those recorded while the clock was ahead. */
export interface ExpirySweep {
  start(): void;
  /** Resolves when it has stopped. */
  stop(): Promise<void>;
}

/** A sweep over all organizations; several servers on one database may each run one. */
export function expirySweep(services: Services): ExpirySweep {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const steps = new ClockSteps(services.clock);
  // At the start too: the clock may have been set back while no server was running.
  let wasAhead = true;

  const sweep = async (): Promise<void> => {
    wasAhead = steps.wentBack() || wasAhead;
    try {
      if (wasAhead) {
        await withdrawExpiries(services, () => stopped);
        await limitLastSeen(services.db, services.clock.now());
        wasAhead = false;
      }
      await recordExpiries(services, () => stopped);
    } catch (error) {
      services.log.warn('Expiries could not be recorded and will be retried', { error });
    }
    if (!stopped) timer = setTimeout(run, INTERVAL_MS).unref();
  };
  const run = (): void => {
    running = sweep();
  };
  return {
    start: run,
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
