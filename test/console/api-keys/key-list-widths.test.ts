import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../db/open.ts';
import { eventually } from '../../support/wait.ts';
import { describeInChromium } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, tableFaults } from '../looks.ts';
import { makeTeam } from '../people.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

/** Names as an attacker or another alphabet would have them, each as long as a name can be. */
const HOSTILE = [
  'W'.repeat(100),
  `${'no-break '.repeat(8)}tail`.replaceAll(' ', '\u00a0'),
  '漢字の鍵'.repeat(25),
  'مفتاح الفوترة '.repeat(7).trim(),
  '👩🏽🚀'.repeat(14),
  `Z${'\u0351\u0316\u0345'.repeat(20)}algo`,
  'x',
  'https://example.com/a/very/long/path?with=a&query=that#never-breaks-anywhere-in-it',
];

/** Written past the server, which accepts none of them: a direction that is turned around, and nothing to see. */
const HIDDEN = ['\u202egnillib\u202d reversed', '\u200b\u2060\u3164', 'a\u0007b'];

/** Of which a key can have this many. */
const TEAMS = 50;

describeInChromium('the list of keys at every width', () => {
  test('keeps 200 pixels for names, and overlaps nothing, with 300 keys', async () => {
    const site = await startSite();
    const ada = await site.found();
    await enliven(site, ada);
    await plantHostile(site, ada);
    const page = await site.signIn(ada);
    await page.getByText('311 keys').waitFor();
    await page.locator('[data-live=live]').waitFor();
    expect(await overflows(page)).toEqual([]);
    // Every width between those of devices, and everywhere in the list.
    for (let width = 320; width <= 1_600; width += 96) {
      await page.setViewportSize({ width, height: 900 });
      await page.mouse.wheel(0, 1_500);
      await eventually(async () => (await page.locator('tr[data-row]').count()) > 5);
      expect(await tableFaults(page), `at ${width} px`).toEqual([]);
    }
    // The headers stay in view, so that the list can be sorted from everywhere in it.
    const sort = page.getByRole('button', { name: 'Name' });
    for (const width of [1280, 768]) {
      await page.setViewportSize({ width, height: 900 });
      await scroll(page, 4_000);
      const top = async () => (await sort.boundingBox())?.y ?? -1;
      await expect.poll(top, { message: `at ${width} px` }).toSatisfy((y) => y >= 0 && y < 100);
      await sort.click();
    }
    // Except at 400 % of 1280 × 1024 pixels, where nothing covers the keys.
    await page.setViewportSize({ width: 320, height: 256 });
    await scroll(page, 2_000);
    const covered = 'document.elementFromPoint(160, 4).closest("main, header").localName';
    await eventually(async () => (await page.evaluate(covered)) === 'main');
    expect(await tableFaults(page)).toEqual([]);
  });

  test('is a list of cards on a phone, as live and as usable as the table', async () => {
    const { site, ada, billing } = await siteWithTwoKeys();
    const page = await site.signIn(ada, { width: 360 });
    await page.locator('[data-live=live]').waitFor();
    await card(page, 'Billing').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // As Chromium tells screen readers, whatever the style sheet made of the table.
    await expect
      .poll(() => spoken(page, 'columnheader'))
      .toEqual([
        'Select all that are loaded',
        'Name',
        'Status',
        'Last used',
        'Expires',
        'Created',
        'Actions',
      ]);
    await expect.poll(() => spoken(page, 'row')).toHaveLength(3);
    await expect.poll(() => spoken(page, 'cell')).toHaveLength(14);

    await site.makeKey(ada, { name: 'Warehouse' });
    await card(page, 'Warehouse').waitFor();
    await site.present(billing.secret);
    await card(page, 'Billing').getByText('just now').waitFor();
    await card(page, 'Billing').locator('.animate-pulse-once').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Name' }).click();
    await eventually(async () => (await names(page)).join() === 'Billing,Terraform,Warehouse');

    await page.getByRole('checkbox', { name: 'Select all' }).focus();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.getByRole('region', { name: 'Selection' }).getByText('1 selected').waitFor();
    await page.keyboard.press('Space');
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: billing.id,
    });
    await card(page, 'Billing').getByText('Revoked').waitFor();
    expect(await tableFaults(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Billing' }).waitFor();
  });
});

/** The newest keys: hostile names, all the teams that a key can have, and what no request can write. */
async function plantHostile(site: Site, person: SitePerson): Promise<void> {
  const teamNames = Array.from({ length: TEAMS }, (_, index) => `Team with a long name, number ${index}`);
  const teamIds = await Promise.all(teamNames.map((name) => makeTeam(site, person, name)));
  for (const name of HOSTILE) await site.makeKey(person, { name, teamIds });
  const { kysely: db, close } = await openDatabase(site.env.DATABASE_URL ?? '');
  try {
    for (const name of HIDDEN) {
      const { id } = await site.makeKey(person, { name: 'To be renamed' });
      await db.updateTable('api_keys').set({ name }).where('id', '=', id).execute();
    }
  } finally {
    await close();
  }
}

async function siteWithTwoKeys() {
  const site = await startSite();
  const ada = await site.found();
  const billing = await site.makeKey(ada, { name: 'Billing' });
  await site.makeKey(ada, { name: 'Terraform' });
  return { site, ada, billing };
}

function card(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name });
}

async function names(page: Page): Promise<string[]> {
  return page.locator('tr[data-row] a').allTextContents();
}

/** Names of everything in the browser's accessibility tree that has the role. */
async function spoken(page: Page, role: string): Promise<unknown[]> {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  return nodes.filter((node) => !node.ignored && node.role?.value === role).map(({ name }) => name?.value);
}

/** Scrolls there, as soon as the list has loaded that far. */
async function scroll(page: Page, top: number): Promise<void> {
  await eventually(async () => Number(await page.evaluate(`scrollTo(0, ${top}), scrollY`)) === top);
}
