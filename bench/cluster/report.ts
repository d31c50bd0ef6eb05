import { table } from '../figures.ts';
import type { Revocations } from './revocations.ts';

/** The measurements. */
export interface Measured {
  /** Milliseconds from request to response of creations on one server: a change that waits for nothing. */
  readonly creations: readonly number[];
  readonly alone: Revocations;
  readonly atRest: Revocations;
  readonly underLoad: Revocations;
  /** Verifications per second on each server at the same time. */
  readonly load: number;
  /** Verifications at full speed: on one server, on two, and so on. */
  readonly rates: readonly Rate[];
}

/** Throughput of some servers. */
export interface Rate {
  /** Of all of them together. */
  readonly perSecond: number;
  /** CPU time of the servers per verification, microseconds. */
  readonly cost: number;
}

/** The quantile of the values, 0 without any. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function row(name: string, values: readonly number[], target = ''): string[] {
  return [name, ...[0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(1)), target];
}

function timesOf(title: string, found: Revocations, target = ''): string[][] {
  return [
    row(`${title}: from request to response`, found.answered),
    row('… without waiting for the other servers', found.withoutWait),
    row('… from commit to confirmation by all servers', found.confirmed, target),
    row('… from commit to the first denial on every server', found.refusedAfterCommit),
    row('… from response to the first denial on every server', found.refusedAfterAnswer),
  ];
}

/** The results as tables, next to the targets. */
export function report({ creations, alone, atRest, underLoad, load, rates }: Measured): string {
  const all = [alone, atRest, underLoad];
  const count = all.reduce((sum, { answered }) => sum + answered.length, 0);
  const late = all.reduce((sum, one) => sum + one.late, 0);
  const unconfirmed = all.reduce((sum, one) => sum + one.unconfirmed, 0);
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const besides = `three servers, ${load} verifications per second on each`;
  return [
    'Duration of a revocation, in milliseconds:',
    table([
      ['', 'p50', 'p99', 'max', 'target'],
      row('one server: a creation, from request to response', creations),
      row('one server: a revocation, from request to response', alone.answered),
      ...timesOf('three idle servers', atRest),
      ...timesOf(besides, underLoad, 'p99 ≤ 50'),
    ]),
    `${number(count)} revocations: ${late} requests sent after the response and accepted (target: 0), ${unconfirmed} responses without the confirmation of every server.`,
    'Verifications of cached keys at full speed. Servers, PostgreSQL and clients share the cores, so more servers are not faster here. The CPU time per verification shows what a server reaches on a core of its own:',
    table([
      ['', ...rates.map((_, index) => (index === 0 ? 'one server' : `${index + 1} servers`))],
      ['per second, in total', ...rates.map(({ perSecond }) => number(perSecond))],
      ['µs of CPU per verification', ...rates.map(({ cost }) => cost.toFixed(1))],
      ['verifications per second and core', ...rates.map(({ cost }) => number(1_000_000 / cost))],
    ]),
  ].join('\n\n');
}
