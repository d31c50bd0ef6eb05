import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { VerifierHub } from '../../verifiers/hub.ts';

/** The parts of the library that metrics of verifiers use. */
export interface MetricTypes {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
}

/** Adds metrics of the verifiers that are connected to this server. */
export function showVerifiers(
  hub: VerifierHub,
  { Counter, Gauge, Histogram }: MetricTypes,
  registers: Registry[],
): void {
  new Gauge({
    name: 'keywright_verifiers',
    help: 'Embedded verifiers that are connected to this server. current 1: they hold a lease, and use their caches',
    registers,
    labelNames: ['current'],
    collect() {
      const now = performance.now();
      let current = 0;
      for (const { leaseUntil } of hub.registry.streams) if (now < leaseUntil) current += 1;
      this.set({ current: '1' }, current);
      this.set({ current: '0' }, hub.registry.size - current);
    },
  });
  new Gauge({
    name: 'keywright_verifier_slices',
    help: 'Slices of rate limits that verifiers hold',
    registers,
    collect() {
      this.set(hub.slices.size);
    },
  });
  const counted = (name: string, help: string, read: () => number): void => {
    new Counter({
      name: `keywright_verifier_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  counted('lookups_total', 'Secrets that verifiers have looked up', () => hub.lookedUp);
  counted(
    'deadlines_missed_total',
    'Leases of verifiers that a change had to wait for, although the verifier was responding',
    () => hub.announcements.strikes.count,
  );
  const acknowledgments = new Histogram({
    name: 'keywright_verifier_acknowledgment_seconds',
    help: 'Seconds from a change until a verifier has acknowledged it',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  hub.onAcknowledged((milliseconds) => acknowledgments.observe(milliseconds / 1000));
}
