import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../db/open.ts';
import { eventually } from '../../support/wait.ts';
import { describeInChromium } from '../browser.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { join } from '../people.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

const DAY_MS = 86_400_000;

describeInChromium('the review', () => {
  test('has every key that calls for attention, with what can be done beside it', async () => {
    const site = await startSite();
    const ada = await site.found();
    await setPolicy(site, ada, { liveDays: null, testDays: null });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Review' }).click();
    await page.getByRole('heading', { name: 'Nothing to review' }).waitFor();
    await page.getByRole('link', { name: 'Set a rotation interval' }).waitFor();

    await setPolicy(site, ada, { liveDays: 90 });
    const soon = new Date(Date.now() + 3 * DAY_MS).toISOString();
    await site.makeKey(ada, { name: 'Contractor', expiresAt: soon });
    const old = await site.makeKey(ada, { name: 'Old partner' });
    const dusty = await site.makeKey(ada, { name: 'Dusty', environment: 'TEST' });
    const forgotten = await site.makeKey(ada, { name: 'Forgotten', environment: 'TEST' });
    await site.makeKey(ada, { name: 'Fresh' });
    for (const { secret } of [old, dusty]) await site.present(secret);
    await age(site, old.id, { made: 100, used: 0 });
    await age(site, dusty.id, { made: 200, used: 120 });
    await age(site, forgotten.id, { made: 30 });
    await page.reload();
    // The first reason with keys is open.
    await rows(page, 'Expiring').getByText('Contractor').first().waitFor();
    for (const [title, name] of [
      ['Rotation overdue', 'Old partner'],
      ['Unused', 'Dusty'],
      ['Never used', 'Forgotten'],
    ] as const) {
      await tab(page, title).press('Enter');
      await rows(page, title).getByText(name).first().waitFor();
      expect(await rows(page, title).locator('tr[data-row]').count()).toBe(1);
      expect(await overflows(page)).toEqual([]);
    }
    expect(new URL(page.url()).search).toBe('?tab=never-used');
    await page.reload();
    await rows(page, 'Never used').getByText('Forgotten').first().waitFor();
    expect(await page.getByText('Fresh').count()).toBe(0);
    await tab(page, 'Expiring').click();
    await rows(page, 'Expiring').getByText('Contractor').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshots(page, 'review');

    await page.getByRole('button', { name: 'Extend “Contractor”' }).click();
    await page.getByLabel('Expiry').selectOption('In a year');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Extend', exact: true }).click();
    await page.getByText('No key expires within 7 days').waitFor();

    // A key that is used again leaves by itself.
    await page.locator('[data-live=live]').waitFor();
    await tab(page, 'Never used').click();
    await rows(page, 'Never used').getByText('Forgotten').first().waitFor();
    await site.present(forgotten.secret);
    await page.getByText('Every key older than 7 days has been used').waitFor();

    await tab(page, 'Unused').click();
    await page.getByRole('button', { name: 'Revoke “Dusty”' }).click();
    await page.getByLabel(/^Type/).fill('Dusty');
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText(/revoked on 1 of 1 node/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('All keys that were ever used').waitFor();
    await tab(page, 'Rotation overdue').click();
    await page.getByRole('link', { name: 'Rotate “Old partner”' }).click();
    await page.waitForURL(`**/keys/${old.id}/rotate`);
  });

  test('extends, disables and revokes several keys together', async () => {
    const site = await startSite();
    const ada = await site.found();
    const soon = new Date(Date.now() + 3 * DAY_MS).toISOString();
    for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six'])
      await site.makeKey(ada, { name, expiresAt: soon });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/o/acme/review`);
    await expect.poll(() => rows(page, 'Expiring').locator('tr[data-row]').count()).toBe(6);
    const selection = page.getByRole('region', { name: 'Selection' });
    expect(await selection.count()).toBe(0);

    for (const name of ['One', 'Two']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await screenshots(page, 'review-selected');
    expect(await accessibilityFaults(page)).toEqual([]);
    await selection.getByRole('button', { name: 'Extend' }).click();
    // Of the requests, the second fails, and is repeated.
    let sent = 0;
    await page.route('**/graphql', (route) => {
      if (/updateApiKey\b/.test(route.request().postData() ?? '')) sent += 1;
      return sent === 2 ? route.abort() : route.continue();
    });
    const dialog = page.getByRole('dialog', { name: 'Extend 2 keys' });
    await dialog.getByRole('button', { name: 'Extend' }).click();
    await dialog.getByText(/1 of 2 extended. “\w+” was not: The server is not responding/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute('**/graphql');
    await dialog.getByRole('button', { name: 'Extend' }).press('Enter');
    await page.getByText('Extended 2 keys').waitFor();
    await expect.poll(() => rows(page, 'Expiring').locator('tr[data-row]').count()).toBe(4);

    await page.getByRole('checkbox', { name: 'Select Three' }).press('Space');
    await selection.getByRole('button', { name: 'Disable' }).press('Enter');
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: /^Disable/ })
      .press('Enter');
    await page.getByText(/disabled on 1 of 1 node/).waitFor();
    await page.getByRole('button', { name: 'Done' }).press('Enter');
    await expect.poll(() => rows(page, 'Expiring').locator('tr[data-row]').count()).toBe(3);

    for (const name of ['Four', 'Five', 'Six'])
      await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await selection.getByRole('button', { name: 'Revoke' }).click();
    await page.getByLabel(/^Type/).fill('revoke 3 keys');
    await page.getByRole('button', { name: 'Revoke keys' }).click();
    // The result stays, although the keys have left the list.
    await page.getByText(/revoked on 1 of 1 node/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Nothing to review' }).waitFor();
    expect(await selection.count()).toBe(0);
  });

  test('offers what the viewer may do, and nothing else', async () => {
    const site = await startSite();
    const ada = await site.found();
    const soon = new Date(Date.now() + 3 * DAY_MS).toISOString();
    await site.makeKey(ada, { name: 'Contractor', expiresAt: soon, grants: ['team.manage'] });
    await site.makeKey(ada, { name: 'Intern', expiresAt: soon });
    const editors = { name: 'Editors', permissions: ['api.key.view', 'api.key.update'] };
    const page = await site.signIn(await join(site, ada, 'eva@example.com', editors));
    await page.getByRole('link', { name: 'Review' }).click();
    await rows(page, 'Expiring').getByText('Contractor').first().waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Extend “Intern”' }).count()).toBe(1);
    // It holds more than the viewer does.
    expect(await page.getByRole('button', { name: 'Extend “Contractor”' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
  });
});

function rows(page: Page, concern: string) {
  return page.getByRole('table', { name: concern });
}

function tab(page: Page, concern: string) {
  return page.getByRole('group', { name: 'Reason' }).getByRole('button', { name: concern });
}

async function setPolicy(site: Site, by: SitePerson, rotationPolicy: object): Promise<void> {
  const change = 'mutation ($i: UpdateOrganizationInput!) { updateOrganization(input: $i) { __typename } }';
  await site.ask(by, change, { i: { id: by.organizationId, rotationPolicy } });
}

/** Has a key made, and last used, so many days ago. */
async function age(site: Site, id: string, { made, used }: { made: number; used?: number }): Promise<void> {
  const database = await openDatabase(site.env.DATABASE_URL ?? '');
  onTestFinished(() => database.close());
  const then = Date.now() - made * DAY_MS;
  const change = sql`update api_keys set created_at = ${then}, rotated_at = ${then} where id = ${id}`;
  await change.execute(database.kysely);
  if (used === undefined) return;
  const use = { last_used_at: Date.now() - used * DAY_MS };
  // After the server has written the use that there was.
  const written = database.kysely.updateTable('api_key_usage').set(use);
  await eventually(async () => {
    const [done] = await written.where('api_key_id', '=', id).where('last_used_at', '>', 0).execute();
    return done?.numUpdatedRows === 1n;
  });
}
