import { table } from '../figures.ts';
import type { Revocations } from './revocations.ts';

/** What was measured. */
export interface Measured {
  /** Milliseconds from a creation's request to its answer, one server: a change that nothing waits for. */
  readonly creations: readonly number[];
  readonly alone: Revocations;
  readonly atRest: Revocations;
  readonly underLoad: Revocations;
  /** Verifications a second at each server meanwhile. */
  readonly load: number;
  /** Verifications as fast as they are answered: of one server, of two, and so on. */
  readonly rates: readonly Rate[];
}

/** How fast some servers verify. */
export interface Rate {
  /** Of all of them together. */
  readonly perSecond: number;
  /** Microseconds that the server's processor works for one. */
  readonly cost: number;
}

/** The value below which a share of the others lie, 0 where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function row(name: string, values: readonly number[], target = ''): string[] {
  return [name, ...[0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(1)), target];
}

function timesOf(title: string, found: Revocations, target = ''): string[][] {
  return [
    row(`${title}: from the request to the answer`, found.answered),
    row('… without waiting for the other servers', found.withoutWait),
    row('… from the commit to the confirmation of all', found.confirmed, target),
    row('… from the commit to the refusal seen by a client of each', found.refusedAfterCommit),
    row('… from the answer to the refusal seen by a client of each', found.refusedAfterAnswer),
  ];
}

/** The figures as tables, with the targets beside them. */
export function report({ creations, alone, atRest, underLoad, load, rates }: Measured): string {
  const all = [alone, atRest, underLoad];
  const count = all.reduce((sum, { answered }) => sum + answered.length, 0);
  const late = all.reduce((sum, one) => sum + one.late, 0);
  const unconfirmed = all.reduce((sum, one) => sum + one.unconfirmed, 0);
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const besides = `three servers, ${load} verifications a second at each`;
  return [
    'A revocation, milliseconds:',
    table([
      ['', 'p50', 'p99', 'most', 'to reach'],
      row('one server: a creation, from the request to the answer', creations),
      row('one server: a revocation, the same', alone.answered),
      ...timesOf('three servers at rest', atRest),
      ...timesOf(besides, underLoad, 'p99 ≤ 50'),
    ]),
    `${number(count)} revocations: ${late} acceptances asked for after the answer (to reach: 0), ${unconfirmed} answered without the confirmation of every server.`,
    'Verifications of remembered keys, as fast as they are answered. Servers, PostgreSQL and clients share the cores, so that more servers are not faster here; what one costs says what they make on cores of their own:',
    table([
      ['', ...rates.map((_, index) => (index === 0 ? 'one server' : `${index + 1} servers`))],
      ['a second, all together', ...rates.map(({ perSecond }) => number(perSecond))],
      ['microseconds of a server’s processor for each', ...rates.map(({ cost }) => cost.toFixed(1))],
      ['so many a second keep a core busy', ...rates.map(({ cost }) => number(1_000_000 / cost))],
    ]),
  ].join('\n\n');
}
