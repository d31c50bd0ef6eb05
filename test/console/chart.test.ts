import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countAxis, timeAxis } from '../../console/src/design/patterns/chart/axes.ts';
import { pointsOf, rangeStart } from '../../console/src/design/patterns/chart/points.ts';
import { RANGES } from '../../console/src/design/patterns/chart/ranges.ts';
import { runs } from '../support/properties.ts';
import { describeInChromium } from './browser.ts';
import { enliven } from './lively.ts';
import { startSite } from './site.ts';

const AT = Date.UTC(2030, 4, 17, 14, 35);

test('axes of counts reach the highest bar in few whole numbers', () => {
  expect(countAxis(0)).toEqual({ top: 1, ticks: [0, 1] });
  expect(countAxis(3).ticks).toEqual([0, 1, 2, 3]);
  expect(countAxis(997)).toEqual({ top: 1_000, ticks: [0, 200, 400, 600, 800, 1_000] });
  fc.assert(
    fc.property(fc.nat(2 ** 48), (most) => {
      const { top, ticks } = countAxis(most);
      expect(top).toBeGreaterThanOrEqual(most);
      expect(top).toBeLessThanOrEqual(Math.max(1, most * 2));
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect([ticks[0], ticks.at(-1)]).toEqual([0, top]);
      expect(ticks.every(Number.isInteger)).toBe(true);
    }),
    runs(300, { seed: 17 }),
  );
});

test('labels of the time axis never touch, at any width and time', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(RANGES)),
      fc.integer({ min: 240, max: 1_600 }),
      fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
      (range, width, at) => {
        const from = rangeStart(range, at);
        const to = from + range.count * range.length;
        const labels = timeAxis(from, to, range.length, width);
        const places = labels.map((label) => ((label.at - from) / (to - from)) * width);
        expect(labels.length).toBeGreaterThan(0);
        for (const [index, place] of places.entries())
          expect(place - (places[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(52);
      },
    ),
    runs(300, { seed: 17 }),
  );
});

test('intervals without use are points of 0, and uses outside the range are none', () => {
  const range = RANGES['1h'];
  const first = rangeStart(range, AT);
  const points = pointsOf(range, AT, [
    [
      { start: first, value: 2 },
      { start: AT, value: 3 },
      { start: AT + 1, value: 1 },
    ],
    [
      { start: first - 1, value: 7 },
      { start: AT + range.length, value: 7 },
    ],
  ]);
  expect(points).toHaveLength(60);
  expect(points[0]).toEqual({ start: Date.UTC(2030, 4, 17, 13, 36), values: [2, 0] });
  expect(points.at(-1)).toEqual({ start: AT, values: [4, 0] });
  expect(points.flatMap(({ values }) => values).reduce((sum, value) => sum + value)).toBe(6);
});

describeInChromium('a chart', () => {
  test('tells each interval to the mouse, the keyboard and screen readers, in the reader’s zone', async () => {
    const site = await startSite();
    const ada = await site.found();
    const [checkout] = await enliven(site, ada, 1);
    const page = await site.signIn(ada, { timezone: 'Asia/Kolkata' });
    await page.goto(`${site.url}/keys/${checkout?.id}`);
    const chart = page.getByRole('slider', { name: 'Verifications of the key in the last 24 hours' });
    await chart.waitFor();

    const box = await chart.boundingBox();
    if (!box) throw new Error('The chart is not displayed');
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    const tooltip = page.locator('[data-tooltip]');
    // Hours of UTC begin at half past in India.
    await expect.poll(() => tooltip.textContent()).toMatch(/\d:30 – .*\d:30.*GMT\+5:30.*accepted/);
    const shown = await tooltip.boundingBox();
    expect(Math.abs((shown?.x ?? 0) - (box.x + box.width / 2))).toBeLessThan(260);
    await page.mouse.move(box.x + box.width / 2, box.y - 200);
    await tooltip.waitFor({ state: 'detached' });

    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await tooltip.getByText('so far').waitFor();
    expect(await chart.getAttribute('aria-valuenow')).toBe('24');
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuenow')).toBe('23');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: [\d,]+ accepted, [\d,]+ denied$/);
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'detached' });
    expect(
      await page
        .getByRole('table', { name: /last 24 hours/ })
        .getByRole('row')
        .count(),
    ).toBe(25);

    await page.getByRole('button', { name: '90 d' }).click();
    await page.getByRole('slider', { name: /in the last 90 days/ }).waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('?range=90d');
    await page.reload();
    const days = page.getByRole('slider', { name: /in the last 90 days/ });
    await days.focus();
    await page.keyboard.press('End');
    await expect.poll(() => tooltip.textContent()).toMatch(/, UTC/);
  });
});
