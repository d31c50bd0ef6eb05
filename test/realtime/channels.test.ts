import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Channels, type Counted, type Interest } from '../../src/realtime/channels.ts';
import { runs } from '../support/properties.ts';

const INTERVAL_MS = 1_000;

interface Use {
  readonly keyId: string;
  readonly number: number;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function interest(differing: Partial<Interest<Use>> = {}): Interest<Use> {
  const same = {
    organizationId: 'org',
    keyIds: null,
    intervalMs: INTERVAL_MS,
    name: 'all',
    wants: () => true,
  };
  return { ...same, ...differing };
}

function publish(channels: Channels<Use>, keyId: string, number: number, organizationId = 'org'): void {
  channels.publish(organizationId, keyId, keyId, { keyId, number });
}

describe('listeners', () => {
  test('with one interest share one channel, and get the very same objects', () => {
    const channels = new Channels<Use>();
    const [one, other]: [Counted<Use>[], Counted<Use>[]] = [[], []];
    channels.join(interest(), (event) => one.push(event));
    channels.join(interest(), (event) => other.push(event));
    publish(channels, 'a', 1);
    publish(channels, 'a', 2);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(one.map(({ newest, count }) => [newest.number, count])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(other).toHaveLength(2);
    for (const [index, event] of one.entries()) expect(other[index]).toBe(event);
    expect(channels.size).toBe(1);
  });

  test('hear of their own organization and keys, and of what they want', () => {
    const channels = new Channels<Use>();
    const heard: Record<string, number[]> = { keys: [], odd: [], elsewhere: [] };
    const into = (name: string) => (event: Counted<Use>) => void heard[name]?.push(event.newest.number);
    channels.join(interest({ name: 'keys', keyIds: ['a', 'b'] }), into('keys'));
    channels.join(interest({ name: 'odd', wants: ({ number }) => number % 2 === 1 }), into('odd'));
    channels.join(interest({ organizationId: 'other' }), into('elsewhere'));
    for (const [index, keyId] of ['a', 'b', 'c', 'd'].entries()) publish(channels, keyId, index);
    publish(channels, 'a', 7, 'other');
    expect(heard).toEqual({ keys: [0, 1], odd: [1, 3], elsewhere: [7] });
  });

  test('that leave take the channel with them, and its timer; leaving twice is no harm', () => {
    const channels = new Channels<Use>();
    const leaves = [1, 2].map(() => channels.join(interest(), () => {}));
    publish(channels, 'a', 1);
    for (const leave of leaves) leave();
    expect(channels.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    const heard: number[] = [];
    channels.join(interest(), ({ newest }) => heard.push(newest.number));
    for (const leave of leaves) leave();
    publish(channels, 'a', 2);
    expect(heard).toEqual([2]);
  });

  test('may leave while they are being told', () => {
    const channels = new Channels<Use>();
    const heard: string[] = [];
    const leave = channels.join(interest(), () => {
      heard.push('first');
      leave();
    });
    channels.join(interest(), () => heard.push('second'));
    publish(channels, 'a', 1);
    publish(channels, 'a', 2);
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(heard).toEqual(['first', 'second', 'second']);
  });
});

test('whoever comes when: what each listener is told adds up to what happened since it came', () => {
  const step = fc.record({
    pause: fc.integer({ min: 0, max: 700 }),
    what: fc.constantFrom('a', 'b', 'c', 'join', 'leave'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const channels = new Channels<Use>();
      const listeners: { leave: () => void; heard: Counted<Use>[]; due: Use[] }[] = [];
      const join = () => {
        const heard: Counted<Use>[] = [];
        const leave = channels.join(interest(), (event) => heard.push(event));
        listeners.push({ leave, heard, due: [] });
      };
      join();
      for (const [number, { pause, what }] of steps.entries()) {
        vi.advanceTimersByTime(pause);
        if (what === 'join') join();
        else if (what === 'leave' && listeners.length > 1) listeners.shift()?.leave();
        else if (what !== 'leave') {
          for (const { due } of listeners) due.push({ keyId: what, number });
          publish(channels, what, number);
        }
      }
      vi.advanceTimersByTime(2 * INTERVAL_MS);
      for (const { heard, due } of listeners) {
        for (const keyId of ['a', 'b', 'c']) {
          const own = due.filter((use) => use.keyId === keyId);
          const told = heard.filter(({ key }) => key === keyId);
          let passed = 0;
          for (const { newest, count } of told) {
            passed += count;
            expect(newest.number).toBe(own[passed - 1]?.number);
          }
          expect(passed).toBe(own.length);
        }
      }
      for (const { leave } of listeners) leave();
      expect([channels.size, vi.getTimerCount()]).toEqual([0, 0]);
    }),
    runs(300, { seed: 3 }),
  );
});
