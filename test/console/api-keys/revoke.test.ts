import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium } from '../browser.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { join } from '../people.ts';
import { type Site, startSite } from '../site.ts';

describeInChromium('revoking', () => {
  test('says who uses the key, needs its name typed, and shows where it is refused', async () => {
    const site = await startSite({ TRUSTED_PROXIES: '127.0.0.1' });
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing, production', externalId: 'customer_4711' });
    await present(site, key.secret, '198.51.100.7');
    await present(site, key.secret, '198.51.100.7');
    const page = await site.signIn(ada);
    const other = await site.signIn(ada);
    await other.goto(`${site.url}/o/acme/keys/${key.id}`);
    await page.goto(`${site.url}/o/acme/keys/${key.id}`);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Revoke “Billing, production”?' });
    await dialog.getByText('Used 2 times in the last 24 hours').waitFor();
    await dialog.getByText('198.51.100.7').waitFor();
    await dialog.getByText('customer_4711').waitFor();
    // Those who go on using it meanwhile are counted, too.
    await page.locator('[data-live=live]').waitFor();
    await present(site, key.secret, '203.0.113.9');
    await dialog.getByText('203.0.113.9').waitFor();
    await dialog.getByText('Used 3 times in the last 24 hours').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'revoke');

    const button = dialog.getByRole('button', { name: 'Revoke key' });
    await dialog.getByLabel(/^Type/).fill('billing');
    await expect.poll(() => button.isEnabled()).toBe(false);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await site.present(key.secret)).toBe(200);

    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.getByLabel(/^Reason/).fill('The customer left');
    await dialog.getByLabel(/^Type/).fill('Billing, production');
    await expect.poll(() => button.isEnabled()).toBe(true);
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /revoked on 1 of 1 node after [\d.]+ ms/ })
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshots(page, 'revoked');
    expect(await site.present(key.secret)).toBe(401);
    await page.getByRole('button', { name: 'Done' }).click();
    for (const one of [page, other]) {
      await one.locator('h1').getByText('Billing, production').waitFor();
      await one.getByText('Revoked').first().waitFor();
      expect(await one.getByRole('button', { name: 'Revoke', exact: true }).count()).toBe(0);
    }
    const { apiKey } = await site.ask(ada, 'query ($id: ID!) { apiKey(id: $id) { revocationReason } }', {
      id: key.id,
    });
    expect(apiKey).toEqual({ revocationReason: 'The customer left' });
  });

  test('ends a selection at once, all or none, and is offered only to those who may', async () => {
    const site = await startSite();
    const ada = await site.found();
    const [one, two, three] = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => site.makeKey(ada, { name })),
    );
    await site.present(two?.secret ?? '');
    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const watching = await site.signIn(await join(site, ada, 'wil@example.com', watchers));
    const page = await site.signIn(ada);
    await page.getByRole('checkbox', { name: 'Select One' }).check();
    await page.getByRole('checkbox', { name: 'Select Two' }).check();
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Revoke' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Revoke 2 keys?' });
    await dialog.getByText('1 of 2 used in the last 24 hours').waitFor();
    await dialog.getByText('1 time in the last day').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'revoke-selection');
    await dialog.getByLabel(/^Type/).fill('revoke 2 keys');
    await dialog.getByRole('button', { name: 'Revoke keys' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /revoked on 1 of 1 node/ })
      .waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('region', { name: 'Selection' }).waitFor({ state: 'detached' });
    // Dark on every page that is open.
    for (const open of [page, watching]) {
      await row(open, 'One').getByText('Revoked').waitFor();
      await row(open, 'Two').getByText('Revoked').waitFor();
      await expect.poll(() => row(open, 'Three').getByText('Active').isVisible()).toBe(true);
    }
    const statuses = [one, two, three].map((key) => site.present(key?.secret ?? ''));
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
    await watching.getByRole('checkbox', { name: 'Select Three' }).check();
    const offered = watching.getByRole('region', { name: 'Selection' }).getByRole('button');
    await expect.poll(() => offered.allTextContents()).toEqual(['Export CSV', 'Clear']);
    await watching.goto(`${site.url}/o/acme/keys/${three?.id}`);
    await watching.getByRole('heading', { name: 'Three' }).waitFor();
    expect(await watching.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
  });
});

/** Presents a secret as a gateway does for a client at this address. */
async function present(site: Site, secret: string, address: string): Promise<void> {
  const headers = { Authorization: `Bearer ${secret}`, 'X-Forwarded-For': address };
  await fetch(`${site.url}/verify`, { headers });
}

function row(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name }).first();
}
