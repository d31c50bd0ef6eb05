import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults } from '../looks.ts';
import { join } from '../people.ts';
import { startSite } from '../site.ts';

describeInChromium('a row of the list of keys', () => {
  test('is a link as a whole, except its controls and the text that is selected in it', async () => {
    const { site, page, key } = await openList();
    const row = rowOf(page, 'Billing');
    const opened = page.context().waitForEvent('page');
    await row.getByText('Active').click({ button: 'middle' });
    await (await opened).getByRole('heading', { name: 'Billing' }).waitFor();
    const other = page.context().waitForEvent('page');
    await row.getByText('Active').click({ modifiers: ['Control'] });
    await (await other).getByRole('heading', { name: 'Billing' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/o/acme/keys');

    await row.getByRole('checkbox').check();
    await row.getByRole('checkbox').uncheck();
    const start = await row.getByText(/^kw_live/).boundingBox();
    if (!start) throw new Error('The start of the key is not shown');
    const y = start.y + start.height / 2;
    await page.mouse.move(start.x + 1, y);
    await page.mouse.down();
    await page.mouse.move(start.x + 60, y, { steps: 4 });
    await page.mouse.up();
    expect(String(await page.evaluate('getSelection().toString()')).length).toBeGreaterThan(3);
    expect(new URL(page.url()).pathname).toBe('/o/acme/keys');

    // What is selected elsewhere doesn't matter.
    await rowOf(page, 'Warehouse').getByText('Active').click();
    await page.getByRole('heading', { name: 'Warehouse' }).waitFor();
    await page.goto(`${site.url}/o/acme/keys`);
    await row.getByText('Never').last().click();
    await page.waitForURL(`${site.url}/o/acme/keys/${key.id}`);
  });

  test('has a menu for the mouse: at its button and at a right click', async () => {
    const { site, ada, page, key } = await openList();
    const other = await site.signIn(ada);
    await other.locator('[data-live=live]').waitFor();
    const menu = page.getByRole('menu', { name: 'Actions for Billing' });
    const button = page.getByRole('button', { name: 'Actions for Billing' });
    await button.click();
    await expect.poll(() => items(page)).toEqual(ALL);
    const faults = (await accessibilityFaults(page)).filter((fault) => !fault.includes(': region: '));
    expect(faults).toEqual([]);
    await button.click();
    await menu.waitFor({ state: 'detached' });
    await button.click();
    await page.getByRole('searchbox').click();
    await menu.waitFor({ state: 'detached' });
    await hasFocus(page, 'input[type=search]');

    await rowOf(page, 'Billing').getByText('Active').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy ID' }).click();
    await page.getByText('Copied ID').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key.id);

    await rowOf(page, 'Billing').getByRole('link').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).click();
    await rowOf(other, 'Billing').getByText('Disabled').waitFor();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await button.click();
    await page.getByRole('menuitem', { name: 'Enable' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Enable' }).click();
    await rowOf(other, 'Billing').getByText('Active').waitFor();

    await button.click();
    await page.getByRole('menuitem', { name: 'Rotate' }).click();
    await page.getByRole('heading', { name: 'Rotate Billing' }).waitFor();
    await page.goBack();
    await button.click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.waitForURL(`${site.url}/o/acme/keys/${key.id}/edit`);
    await page.goBack();
    await button.click();
    const tab = page.context().waitForEvent('page');
    await page.getByRole('menuitem', { name: 'Open in a new tab' }).click();
    await (await tab).getByRole('heading', { name: 'Billing' }).waitFor();
  });

  test('has a menu for the keyboard, which gives the focus back', async () => {
    const { site, ada, page } = await openList();
    const other = await site.signIn(ada);
    await other.locator('[data-live=live]').waitFor();
    await page.getByRole('link', { name: 'Billing' }).focus();
    await page.keyboard.press('Tab');
    await hasFocus(page, '[aria-label="Actions for Billing"]');
    for (const key of ['Enter', 'Space', 'ArrowDown', 'Shift+F10']) {
      await page.keyboard.press(key);
      await hasFocus(page, '[role=menuitem]:has-text("Open in a new tab")');
      await page.keyboard.press('Escape');
      await hasFocus(page, '[aria-label="Actions for Billing"]');
    }
    await page.keyboard.press('Enter');
    await hasFocus(page, '[role=menuitem]');
    await page.keyboard.press('d');
    await hasFocus(page, '[role=menuitem]:has-text("Disable")');
    await page.keyboard.press('Enter');
    await hasFocus(page, 'button:text-is("Cancel")');
    await page.keyboard.press('Escape');
    await hasFocus(page, '[aria-label="Actions for Billing"]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await hasFocus(page, '[role=menuitem]:has-text("Revoke")');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('alertdialog', { name: 'Revoke “Billing”?' });
    await dialog.getByRole('textbox', { name: 'Type Billing' }).fill('Billing');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog', { name: '“Billing” is revoked' }).waitFor();
    await rowOf(other, 'Billing').getByText('Revoked').waitFor();
    await page.keyboard.press('Enter');
    await hasFocus(page, '[aria-label="Actions for Billing"]');
    await page.keyboard.press('Enter');
    await expect.poll(() => items(page)).toEqual(['Open in a new tab', 'Copy ID']);
  });

  test('offers what the viewer may do, anywhere in 300 keys', async () => {
    const site = await startSite();
    const ada = await site.found();
    await enliven(site, ada);
    await site.makeKey(ada, { name: 'Wide', grants: ['team.manage'] });
    const editors = { name: 'Editors', permissions: ['api.key.view', 'api.key.update', 'api.key.verify'] };
    const page = await site.signIn(await join(site, ada, 'eva@example.com', editors));
    await page.getByText('301 keys').waitFor();
    await page.getByRole('button', { name: 'Actions for Wide' }).click();
    await expect.poll(() => items(page)).toEqual(['Open in a new tab', 'Copy ID']);
    await page.keyboard.press('Escape');
    await page.mouse.wheel(0, 3_000);
    const row = page.locator('tr[data-row]').nth(12);
    await row.locator('td').nth(2).click({ button: 'right' });
    await expect
      .poll(() => items(page))
      .toSatisfy((found: string[]) => found.join().startsWith('Open in a new tab,Copy ID'));
    expect(await items(page)).not.toContain('Revoke');
    // It stays with its row.
    const menu = page.getByRole('menu');
    const before = (await menu.boundingBox())?.y ?? 0;
    await page.mouse.wheel(0, 40);
    await expect.poll(async () => (await menu.boundingBox())?.y).toBeLessThan(before - 30);
    await page.keyboard.press('Escape');

    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const watching = await site.signIn(await join(site, ada, 'wil@example.com', watchers), { width: 360 });
    await watching.getByRole('button', { name: 'Actions for Wide' }).click();
    await expect.poll(() => items(watching)).toEqual(['Open in a new tab', 'Copy ID']);
  });
});

const ALL = ['Open in a new tab', 'Copy ID', 'Edit', 'Disable', 'Rotate', 'Revoke'];

async function openList() {
  const site = await startSite();
  const ada = await site.found();
  await site.makeKey(ada, { name: 'Warehouse' });
  const key = await site.makeKey(ada, { name: 'Billing' });
  const page = await site.signIn(ada);
  await page.locator('[data-live=live]').waitFor();
  await rowOf(page, 'Billing').waitFor();
  return { site, ada, page, key };
}

function rowOf(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name });
}

async function items(page: Page): Promise<string[]> {
  return page.getByRole('menuitem').allTextContents();
}
