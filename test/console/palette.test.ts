import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from './browser.ts';
import { enliven } from './lively.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { join } from './people.ts';
import { startSite } from './site.ts';

describeInChromium('the command palette', () => {
  test('finds keys, people, pages and actions, by keyboard', async () => {
    const site = await startSite();
    const ada = await site.found();
    await enliven(site, ada);
    const leaked = await site.makeKey(ada, { name: 'Leaked on a forum' });
    await join(site, ada, 'grace@example.com', { name: 'Watchers', permissions: ['api.key.view'] });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Leaked' }).focus();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Search and commands' });
    await hasFocus(page, '[role=combobox]');
    await expect.poll(() => groups(page)).toEqual(['Pages', 'Actions']);
    await expect.poll(() => active(page)).toBe('Overview');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => active(page)).toBe('Sign out');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => active(page)).toBe('Overview');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await hasFocus(page, 'a:has-text("Leaked")');

    await page.keyboard.press('Control+k');
    await field.fill('terraform ci');
    await page.getByRole('option', { name: /Terraform CI\/CD/ }).waitFor();
    await expect.poll(() => groups(page)).toEqual(['Keys']);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await field.fill('key');
    await page.getByRole('option', { name: 'Create key' }).waitFor();
    await screenshots(page, 'palette');
    await field.fill('grace');
    await page.getByRole('option', { name: /grace@example.com/i }).waitFor();
    await expect.poll(() => groups(page)).toEqual(['People']);
    await field.fill('audit');
    await expect.poll(() => active(page)).toBe('Audit log');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();

    // A whole secret finds its key, and isn't sent.
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.postData() ?? ''));
    await page.keyboard.press('Control+k');
    await field.fill(leaked.secret);
    await page.getByRole('option', { name: /Leaked on a forum/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Leaked on a forum' }).waitFor();
    expect(sent.filter((body) => body.includes(leaked.secret))).toEqual([]);
    await page.keyboard.press('Control+k');
    await field.fill('nothing like it');
    await page.getByText('Nothing matches “nothing like it”.').waitFor();
    await page.keyboard.press('Enter');
    await field.fill('overdue');
    await page.getByRole('option', { name: 'Show keys overdue for rotation' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/keys\?show=overdue$/);
  });

  test('opens by its button, runs by mouse, and lists shortcuts', async () => {
    const site = await startSite();
    const ada = await site.found();
    await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signIn(ada);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('dark');
    await page.getByRole('option', { name: 'Use the dark theme' }).click();
    await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
    // A letter is a letter where it is typed.
    await page.getByRole('searchbox').fill('');
    await page.getByRole('searchbox').press('?');
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('?');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('heading', { name: 'Keys' }).click();
    await page.keyboard.press('?');
    const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await shortcuts.getByText('Search and run commands').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'shortcuts');
    // Nothing opens above a dialog.
    await page.keyboard.press('Control+k');
    expect(await page.getByRole('combobox', { name: 'Search and commands' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await shortcuts.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await shortcuts.waitFor();
    await page.keyboard.press('Escape');
    await hasFocus(page, 'button[aria-label=Help]');
    await page.keyboard.press('/');
    await hasFocus(page, 'input[type=search]');
  });

  test('offers what the viewer may open and do, and says when the server is away', async () => {
    const site = await startSite();
    const ada = await site.found();
    await site.makeKey(ada, { name: 'Grace’s key' });
    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const grace = await join(site, ada, 'grace@example.com', watchers);
    const page = await site.signIn(grace, { width: 360 });
    await page.locator('[data-live=live]').waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Search and commands' });
    await page.getByRole('option', { name: 'Sign out' }).waitFor();
    const options = await page.getByRole('option').allTextContents();
    for (const hidden of ['Members', 'Roles', 'Audit log', 'Settings', 'Create key', 'Create role'])
      expect(options).not.toContain(hidden);
    await field.fill('grace');
    await page.getByRole('option', { name: /Grace’s key/ }).waitFor();
    await expect.poll(() => groups(page)).toEqual(['Keys']);
    await site.stop();
    await field.fill('grac');
    await page.getByText('The server is not responding.').waitFor();
  });
});

async function groups(page: Page): Promise<string[]> {
  return page.locator('[role=listbox] [role=group] > div:first-child').allTextContents();
}

async function active(page: Page): Promise<string> {
  const id = await page.getByRole('combobox').getAttribute('aria-activedescendant');
  return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
}
