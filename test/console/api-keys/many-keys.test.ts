import { expect, test } from 'vitest';
import { openDatabase } from '../../../db/open.ts';
import { newId } from '../../../src/core/ids.ts';
import { eventually } from '../../support/wait.ts';
import { describeInChromium, SLOWDOWN } from '../browser.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

const KEYS = 100_000;

/** Rows in one statement. */
const BATCH = 200;

/** Of 2,500 pixels each. */
const STEPS = 40;

/** Frames of 300 pixels each, over keys that are loaded: as fast as a hand scrolls. */
const FRAMES = 200;

/**
 * What a frame may cost the page's thread, milliseconds. Half of a frame at 60 Hz, and a multiple of what it does on a
 * machine of its own.
 */
const FRAME_MAX_MS = 30;

/**
 * What a step may cost the page's thread, half a page of keys and its loading included, milliseconds: ten times what it
 * does, and a fraction of what drawing all rows would.
 */
const WORK_MAX_MS = 200;

describeInChromium('a list of a hundred thousand keys', () => {
  test('scrolls without lag, draws few rows, and goes on being live', async () => {
    const site = await startSite();
    const ada = await site.found();
    await plant(site, ada);
    const page = await site.signIn(ada);
    await page.getByText('10,000+ keys').waitFor();
    await page.locator('[data-live=live]').waitFor();
    const cdp = await page.context().newCDPSession(page);
    // What the page's thread itself works: what else the machine does meanwhile doesn't count.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const metrics = async () => {
      const found = await cdp.send('Performance.getMetrics');
      return new Map(found.metrics.map(({ name, value }) => [name, value]));
    };
    const worked = async () => ((await metrics()).get('TaskDuration') ?? 0) * 1_000;
    const before = await worked();
    for (let step = 0; step < STEPS; step += 1) {
      await page.mouse.wheel(0, 2_500);
    }
    await eventually(async () => Number(await page.evaluate('scrollY')) > 20_000);
    await expect.poll(() => page.locator('tr[data-row]').count()).toBeLessThan(60);
    expect(((await worked()) - before) / STEPS).toBeLessThan(WORK_MAX_MS * SLOWDOWN);
    await page.evaluate('scrollTo(0, 0)');
    const first = await metrics();
    await page.evaluate(`(async () => {
      for (let frame = 0; frame < ${FRAMES}; frame += 1) {
        scrollBy(0, 300);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    })()`);
    const last = await metrics();
    const perFrame = (name: string) => (((last.get(name) ?? 0) - (first.get(name) ?? 0)) / FRAMES) * 1_000;
    expect(perFrame('TaskDuration')).toBeLessThan(FRAME_MAX_MS * SLOWDOWN);
    await page.mouse.wheel(0, -1_000_000);
    await eventually(async () => Number(await page.evaluate('scrollY')) === 0);
    await site.makeKey(ada, { name: 'The newest' });
    await page.getByRole('row', { name: /The newest/ }).waitFor();
  });
});

/** Writes copies of a key past the server, which would take its time for so many; they have no secrets. */
async function plant(site: Site, person: SitePerson): Promise<void> {
  const { id } = await site.makeKey(person, { name: 'Key 0' });
  const { kysely: db, close } = await openDatabase(site.env.DATABASE_URL ?? '');
  try {
    const template = await db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    for (let first = 1; first < KEYS; first += BATCH) {
      const count = Math.min(BATCH, KEYS - first);
      const rows = Array.from({ length: count }, (_, index) => {
        const name = `Key ${first + index}`;
        const times = {
          created_at: template.created_at - KEYS + first + index,
          updated_at: template.created_at,
        };
        return {
          ...template,
          ...times,
          id: newId('key'),
          name,
          name_key: name.toLowerCase(),
          search_text: name.toLowerCase(),
        };
      });
      await db.insertInto('api_keys').values(rows).execute();
    }
  } finally {
    await close();
  }
}
