import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, inject, onTestFinished, test } from 'vitest';
import { SQLite } from '../../db/sqlite/driver.ts';
import { openWindowLedger } from '../../db/sqlite/window-ledger.ts';
import { createLog } from '../../src/core/log.ts';
import { inProcessRateLimiter } from '../../src/verification/rate-limit.ts';
import { ledgerRateLimiter } from '../../src/verification-host/ledger-rate-limit.ts';
import { machineNow, machineRun } from '../../src/verification-host/machine-clock.ts';
import { type ManualClock, manualClock } from '../support/clock.ts';
import { holdLock } from '../support/lock-holder.ts';
import { runs } from '../support/properties.ts';
import { eventually } from '../support/wait.ts';

const START = Date.UTC(2030, 0, 1);

function newPath(): string {
  return join(mkdtempSync(join(inject('testRun').directory, 'limits-')), 'limits');
}

/** A limiter of a process of its own on the file, with its log. */
function open(path: string, clock: ManualClock, options: { isOwner?: boolean } = {}) {
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const { isOwner = true } = options;
  const limiter = ledgerRateLimiter({ path, isOwner, clock, log, now: clock.monotonic });
  let closed = false;
  const close = () => {
    if (!closed) limiter.close();
    closed = true;
  };
  onTestFinished(close);
  return { limiter, lines, close };
}

test('counts like one in memory, whichever process asks', async () => {
  const key = fc.constantFrom('a', 'b');
  const limit = fc.constantFrom(1, 3, 10);
  const seconds = fc.constantFrom(1, 10);
  const step = fc.oneof(
    fc.record({ op: fc.constant('take' as const), key, limit, seconds }),
    fc.record({ op: fc.constant('peek' as const), key, limit, seconds }),
    fc.record({
      op: fc.constant('reserve' as const),
      key,
      limit,
      seconds,
      want: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({ op: fc.constant('release' as const), key }),
    fc.record({ op: fc.constant('advance' as const), by: fc.constantFrom(1, 400, 1_000, 9_999) }),
    fc.record({ op: fc.constant('step' as const), by: fc.constantFrom(-100_000, 100_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(1)), { maxLength: 60 }), async (steps) => {
      const clock = manualClock(START);
      const model = inProcessRateLimiter(clock);
      const path = newPath();
      const processes = [open(path, clock), open(path, clock, { isOwner: false })];
      const reserved = new Map<string, { window: string; expected: string; granted: number }>();
      try {
        for (const [one, index] of steps) {
          const limiter = processes[index]?.limiter ?? expect.fail();
          if (one.op === 'advance') clock.advance(one.by);
          else if (one.op === 'step') clock.step(one.by);
          else if (one.op === 'release') {
            const slice = reserved.get(one.key);
            reserved.delete(one.key);
            if (!slice) continue;
            await limiter.release(one.key, slice.window, slice.granted);
            await model.release(one.key, slice.expected, slice.granted);
          } else if (one.op === 'reserve') {
            const { window, ...state } = await limiter.reserve(one.key, one.limit, one.seconds, one.want);
            const { window: expected, ...other } = await model.reserve(
              one.key,
              one.limit,
              one.seconds,
              one.want,
            );
            expect(state).toEqual(other);
            reserved.set(one.key, { window, expected, granted: state.granted });
          } else {
            const state = await limiter[one.op](one.key, one.limit, one.seconds);
            expect(state).toEqual(await model[one.op](one.key, one.limit, one.seconds));
          }
        }
      } finally {
        for (const { close } of processes) close();
      }
    }),
    runs(60, { seed: 5 }),
  );
});

test('survives the end of all processes, but not a restart of the machine or damage', async () => {
  const clock = manualClock(START);
  const path = newPath();
  const first = open(path, clock);
  await first.limiter.take('key', 1, 60);
  first.close();
  const second = open(path, clock);
  expect(await second.limiter.take('key', 1, 60)).toMatchObject({ allowed: false });
  second.close();
  openWindowLedger(path, 'another run').close();
  const third = open(path, clock);
  expect(await third.limiter.take('key', 1, 60)).toMatchObject({ allowed: true });
  third.close();
  writeFileSync(path, 'x'.repeat(5_000));
  const fourth = open(path, clock);
  expect(await fourth.limiter.take('key', 1, 60)).toMatchObject({ allowed: true });
  expect(await fourth.limiter.take('key', 1, 60)).toMatchObject({ allowed: false });
});

test('denies nobody while a process that was stopped holds the lock, and counts that afterwards', async () => {
  const clock = manualClock(START);
  const path = newPath();
  const { limiter, lines } = open(path, clock);
  await limiter.take('key', 5, 60);
  const { release } = await holdLock(`sqlite:${path}`);
  expect(await limiter.take('key', 5, 60)).toMatchObject({ allowed: true, remaining: 3 });
  expect(await limiter.reserve('key', 5, 60, 2)).toMatchObject({ granted: 2, remaining: 1 });
  expect(await limiter.peek('key', 5, 60)).toMatchObject({ allowed: true, remaining: 1 });
  expect(await limiter.take('other', 1, 60)).toMatchObject({ allowed: true, remaining: 0 });
  expect(await limiter.take('other', 1, 60)).toMatchObject({ allowed: false });
  await release();
  await eventually(() => lines.some((line) => line.includes('written again')));
  const { limiter: another } = open(path, clock, { isOwner: false });
  expect(await another.peek('key', 5, 60)).toMatchObject({ remaining: 1 });
  expect(await another.take('other', 1, 60)).toMatchObject({ allowed: false });
  expect(await another.take('key', 5, 60)).toMatchObject({ allowed: true, remaining: 0 });
  expect(await limiter.take('key', 5, 60)).toMatchObject({ allowed: false });
});

test('remembers that the lock is held, and counts without waiting until it can be taken again', async () => {
  const clock = manualClock(START);
  const path = newPath();
  const { limiter, lines } = open(path, clock);
  const { release } = await holdLock(`sqlite:${path}`);
  expect(await limiter.take('key', 1_000, 60)).toMatchObject({ remaining: 999 });
  // Not even a promise.
  for (let count = 2; count <= 500; count += 1)
    expect(limiter.take('key', 1_000, 60)).toMatchObject({ allowed: true, remaining: 1_000 - count });
  await release();
  await eventually(() => lines.some((line) => line.includes('written again')));
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'Rate limits can’t be written and are counted by this process',
    'Rate limits are written again',
  ]);
  const { limiter: another } = open(path, clock, { isOwner: false });
  expect(await another.peek('key', 1_000, 60)).toMatchObject({ remaining: 500 });
});

test('waits while the lock goes from one process to the next, and counts what waits at once', async () => {
  const clock = manualClock(START);
  const path = newPath();
  const { limiter, lines } = open(path, clock);
  const rival = new SQLite(path);
  onTestFinished(() => void rival.close());
  const write = () => rival.exec('begin immediate; update origin set boot = random()');
  write();
  const waiting = Array.from({ length: 500 }, () => limiter.take('key', 400, 60));
  let settled = false;
  void Promise.race(waiting).then(() => {
    settled = true;
  });
  const end = performance.now() + 1_000;
  while (performance.now() < end) {
    // No other process can take it in between.
    rival.exec('commit');
    write();
    await turn();
  }
  expect(settled).toBe(false);
  rival.exec('commit');
  const states = await Promise.all(waiting);
  expect(states.filter(({ allowed }) => allowed)).toHaveLength(400);
  expect(lines).toEqual([]);
  const { limiter: another } = open(path, clock, { isOwner: false });
  expect(await another.peek('key', 400, 60)).toMatchObject({ remaining: 0 });
});

test.skipIf(process.getuid?.() !== 0)('holds limits while the disk is full', async () => {
  const clock = manualClock(START);
  const folder = mkdtempSync(join(inject('testRun').directory, 'full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  const path = join(folder, 'limits');
  const { limiter, lines } = open(path, clock);
  expect(await limiter.take('before', 3, 60)).toMatchObject({ allowed: true });
  const rest = join(folder, 'rest');
  execFileSync('sh', ['-c', `cat /dev/zero > "${rest}" 2>/dev/null || true`]);
  const allowed = async (key: string, limit: number) => {
    const states = [];
    for (let count = 0; count < 40; count += 1) states.push(await limiter.take(key, limit, 60));
    return states.filter((state) => state.allowed).length;
  };
  expect(await allowed('before', 3)).toBe(2);
  for (let key = 0; key < 20; key += 1) expect(await allowed(`key-${key}`, 5)).toBe(5);
  const { limiter: another } = open(path, clock, { isOwner: false });
  rmSync(rest);
  await eventually(() => lines.length > 1);
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'Rate limits can’t be written and are counted by this process',
    'Rate limits are written again',
  ]);
  for (let key = 0; key < 20; key += 1)
    expect(await another.take(`key-${key}`, 5, 60)).toMatchObject({ allowed: false });
});

test('replaces a damaged or deleted file while processes use it', async () => {
  const clock = manualClock(START);
  const path = newPath();
  const [owner, other] = [open(path, clock), open(path, clock, { isOwner: false })];
  const fill = async (key: string) => {
    for (const { limiter } of [owner, other]) await limiter.take(key, 1_000_000, 60);
    await eventually(async () => {
      // Both see what both count.
      const before = await owner.limiter.peek(key, 1_000_000, 60);
      await other.limiter.take(key, 1_000_000, 60);
      return (await owner.limiter.peek(key, 1_000_000, 60)).remaining < before.remaining;
    });
  };
  await fill('key');
  writeFileSync(path, Buffer.alloc(5_000, 'x'));
  writeFileSync(`${path}-wal`, Buffer.alloc(20_000, 'x'), { flag: 'r+' });
  await fill('another');
  const third = open(path, clock, { isOwner: false });
  await third.limiter.take('another', 1_000_000, 60);
  expect(await third.limiter.peek('another', 1_000_000, 60)).toEqual(
    await owner.limiter.peek('another', 1_000_000, 60),
  );

  const before = await owner.limiter.peek('another', 1_000_000, 60);
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix);
  const fourth = open(path, clock, { isOwner: false });
  await eventually(async () => {
    const { remaining } = await fourth.limiter.peek('another', 1_000_000, 60);
    return remaining === before.remaining;
  });
  await fill('another');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('keeps the file from other users, also one of an earlier release', () => {
  const path = newPath();
  for (const suffix of ['', '-wal', '-shm']) {
    writeFileSync(path + suffix, '');
    chmodSync(path + suffix, 0o644);
  }
  open(path, manualClock(START));
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777, suffix).toBe(0o600);
});

test('forgets windows that have ended, and no others', () => {
  const path = newPath();
  const ledger = openWindowLedger(path, 'run');
  onTestFinished(() => ledger.close());
  for (let key = 0; key < 30; key += 1)
    ledger.take(
      `key-${String(key).padStart(2, '0')}`,
      { limit: 5, length: key % 2 === 0 ? 10 : 1_000 },
      1,
      0,
    );
  let after = '';
  let steps = 0;
  do {
    after = ledger.sweep(after, 7, 500);
    steps += 1;
  } while (after !== '');
  expect(steps).toBe(5);
  for (let key = 0; key < 30; key += 1)
    expect(ledger.read(`key-${String(key).padStart(2, '0')}`) !== undefined).toBe(key % 2 === 1);
});

test('uses a clock that all processes share and that does not step', () => {
  const now = machineNow();
  expect(machineNow()).toBeGreaterThanOrEqual(now);
  expect(machineRun()).toBe(machineRun());
  expect(machineRun()).not.toBe('');
});
