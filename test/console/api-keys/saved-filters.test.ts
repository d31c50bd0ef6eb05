import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { join } from '../people.ts';
import { startSite } from '../site.ts';

describeInChromium('saved filters of keys', () => {
  test('are saved, applied and deleted, by mouse and by keyboard', async () => {
    const site = await startSite();
    const ada = await site.found();
    await enliven(site, ada, 60);
    const page = await site.signIn(ada);
    await page.getByText('60 keys').waitFor();
    await saved(page).click();
    await page.getByText('Save filters that you use often').waitFor();
    const save = page.getByRole('menuitem', { name: 'Save these filters…' });
    expect(await save.getAttribute('data-disabled')).not.toBeNull();
    await page.keyboard.press('Escape');

    await page.getByRole('combobox', { name: 'Environment' }).selectOption('Test');
    await page.getByRole('button', { name: 'Name', exact: true }).click();
    await page.waitForURL(/environment=test&sort=name/);
    await saved(page).click();
    await save.click();
    const dialog = page.getByRole('dialog', { name: 'Save these filters' });
    await hasFocus(page, '[role=dialog] *');
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Name' }).fill(' Staging   اختبار ');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await hasFocus(page, 'button:has-text("Staging")');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('60 keys').waitFor();
    expect(await overflows(page)).toEqual([]);

    // By keyboard.
    await saved(page).focus();
    await page.keyboard.press('Enter');
    await hasFocus(page, '[role=menuitemradio]');
    await page.keyboard.press('Enter');
    await page.waitForURL(/environment=test&sort=name/);
    await page.getByRole('button', { name: 'Saved filters: Staging اختبار' }).waitFor();
    await screenshots(page, 'saved-filters');

    // The same name is replaced, and other tabs follow.
    const tab = await page.context().newPage();
    await tab.goto(`${site.url}/o/acme/keys?q=billing&unknown=1`);
    await saved(tab).click();
    await tab.getByRole('menuitem', { name: 'Save these filters…' }).click();
    await tab.getByRole('textbox', { name: 'Name' }).fill('Staging اختبار');
    await tab.getByText('Replaces the saved filters').waitFor();
    await tab.getByRole('button', { name: 'Replace' }).click();
    await saved(page).click();
    await page.getByRole('menuitemradio', { name: 'Staging' }).click();
    await page.waitForURL(/\?q=billing$/);

    // Somebody else, and another organization, has none.
    await saved(page).click();
    await page.getByRole('menuitem', { name: 'Delete saved filters…' }).click();
    await page.getByRole('button', { name: 'Delete Staging' }).click();
    await page.getByText('There are no saved filters.').waitFor();
    await page.keyboard.press('Escape');
    await hasFocus(page, 'button:has-text("Saved filters")');
    await saved(tab).click();
    await tab.getByText('Save filters that you use often').waitFor();
  });

  test('belong to a person and an organization, and survive garbage', async () => {
    const site = await startSite();
    const ada = await site.found();
    await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/o/acme/keys?q=bill`);
    await saved(page).click();
    await page.getByRole('menuitem', { name: 'Save these filters…' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Bills');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Saved filters: Bills' }).waitFor();
    const name = String(
      await page.evaluate(
        "Object.keys(localStorage).find((key) => key.startsWith('keywright-key-filters-'))",
      ),
    );
    expect(name).toContain(ada.organizationId);
    for (const garbage of [
      '{',
      '{"length":2}',
      '[null,5,{"name":7,"query":"q=a"},{"name":"  ","query":"q=a"},{"name":"No","query":"evil=1"}]',
      JSON.stringify([{ name: 'x'.repeat(5_000), query: `q=${'y'.repeat(60_000)}` }]),
    ]) {
      await page.evaluate(`localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(garbage)})`);
      await page.reload();
      await saved(page).click();
      await page.getByText('Save filters that you use often').waitFor();
      await page.keyboard.press('Escape');
    }
    const kept = [{ name: 'Bills', query: 'evil=1&q=bill&sort=name' }];
    await page.evaluate(
      `localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(JSON.stringify(kept))})`,
    );
    await page.reload();
    await saved(page).click();
    await page.getByRole('menuitemradio', { name: 'Bills' }).click();
    await page.waitForURL(/\?q=bill&sort=name$/);
    const eva = await join(site, ada, 'eva@example.com', { name: 'Watchers', permissions: ['api.key.view'] });
    await page.context().clearCookies();
    await page.goto(await site.linkFor(eva.email));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Keys', exact: true }).click();
    await saved(page).click();
    await page.getByText('Save filters that you use often').waitFor();
  });
});

function saved(page: Page) {
  return page.getByRole('button', { name: /Saved filters/ });
}
