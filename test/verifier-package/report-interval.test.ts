import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MessageSize } from '../../packages/verifier/src/stream/message-size.ts';
import { UsageReports } from '../../packages/verifier/src/usage/usage-reports.ts';
import { UsageTotals } from '../../packages/verifier/src/usage/usage-totals.ts';
import { VerifierUnavailableError } from '../../packages/verifier/src/verifier-unavailable-error.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => vi.useRealTimers());

/** Reports to a server that wants them at an interval. Each report is noted with its time and its number of entries. */
function reporting(welcomeMs: number, answerMs = welcomeMs) {
  const reports: [time: number, entries: number][] = [];
  const began = performance.now();
  const server = { isAway: false };
  const totals: UsageTotals = new UsageTotals(() => usage.later());
  const usage: UsageReports = new UsageReports(
    {
      isOpen: true,
      messageSize: new MessageSize(),
      async query(_query, build, read) {
        // biome-ignore lint/suspicious/noExplicitAny: the variables of the report.
        const { batch = 0, uses = [] } = build('stream').input as any;
        reports.push([Math.round(performance.now() - began), uses.length]);
        if (server.isAway) throw new VerifierUnavailableError('away');
        return read({ reportVerifications: { batch, reportMs: answerMs, slices: [] } });
      },
    },
    totals,
  );
  usage.streamBegan(true, welcomeMs);
  const use = (key: number): void =>
    totals.accepted({
      ...{ hash: `${key}`, organizationId: 'org', keyId: `key ${key}`, secretId: 'secret' },
      ...{ at: 1, ip: null },
    });
  return { reports, use, usage, server, passes: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test('usage is collected for as long as the server says, and the last answer counts', async () => {
  const { reports, use, passes } = reporting(1_000, 4_000);
  await passes(100);
  for (let n = 0; n < 50; n += 1) use(n % 5);
  await passes(1_500);
  expect(reports).toEqual([[1_100, 5]]);
  use(1);
  await passes(3_900);
  expect(reports).toHaveLength(1);
  use(2);
  await passes(200);
  expect(reports).toEqual([
    [1_100, 5],
    [5_600, 2],
  ]);
});

test('more keys than fit into a report don’t wait for another interval each', async () => {
  const { reports, use, passes } = reporting(10_000);
  for (let n = 0; n < 3_500; n += 1) use(n);
  await passes(10_000);
  use(0);
  await passes(750);
  expect(reports).toEqual([
    [10_000, 1_000],
    [10_250, 1_000],
    [10_500, 1_000],
    [10_750, 501],
  ]);
});

test('a server that asks for no pauses, or for endless ones, gets neither', async () => {
  const eager = reporting(1);
  eager.use(1);
  await eager.passes(1_000);
  expect(eager.reports).toEqual([[250, 1]]);
  const lazy = reporting(1e9);
  lazy.use(1);
  await lazy.passes(10_000);
  expect(lazy.reports).toEqual([[10_000, 1]]);
});

test('a report that fails is repeated after the interval, and later if it fails again', async () => {
  const { reports, use, server, passes } = reporting(1_000);
  server.isAway = true;
  use(1);
  await passes(8_000);
  expect(reports.map(([time]) => time)).toEqual([1_000, 2_000, 3_000, 5_000]);
  server.isAway = false;
  await passes(2_000);
  expect(reports.at(-1)).toEqual([9_000, 1]);
});
