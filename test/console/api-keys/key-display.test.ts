import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, screenshots, tableFaults } from '../looks.ts';
import { join } from '../people.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

describeInChromium('how a person sees the list of keys', () => {
  test('is chosen by mouse or keyboard, and kept for that person', async () => {
    const site = await startSite();
    const ada = await site.found();
    await enliven(site, ada, 60);
    const page = await site.signIn(ada);
    await expect.poll(() => headers(page)).toEqual(USUAL);
    const height = async () => (await page.locator('tr[data-row]').nth(3).boundingBox())?.height;
    await expect.poll(height).toBe(48);
    await page.getByRole('button', { name: 'Display' }).click();
    const column = (name: string) => page.getByRole('menuitemcheckbox', { name });
    await expect.poll(() => column('Teams').textContent()).toContain('No room');
    await column('Last 24 hours').click();
    await column('Created').click();
    await column('ID').click();
    expect((await accessibilityFaults(page)).filter((fault) => !fault.includes(': region: '))).toEqual([]);
    await screenshots(page, 'display-menu');
    await page.keyboard.press('Escape');
    await hasFocus(page, 'button:has-text("Display")');
    const own = ['Name', 'Status', 'Last used', 'Expires', 'Role', 'Environment', 'Teams'];
    await expect.poll(() => headers(page)).toEqual(own);

    await page.keyboard.press('Enter');
    await hasFocus(page, '[role=menuitemradio]');
    await page.keyboard.press('ArrowDown');
    await hasFocus(page, '[role=menuitemradio]:has-text("Compact")');
    await page.keyboard.press('Enter');
    await expect.poll(height).toBe(36);
    expect(await overflows(page)).toEqual([]);
    await page.reload();
    await expect.poll(() => headers(page)).toEqual(own);
    await expect.poll(height).toBe(36);
    // Another tab of the same person follows.
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await expect.poll(() => headers(tab)).toEqual(own);
    await tab.getByRole('button', { name: 'Display' }).click();
    await tab.getByRole('menuitem', { name: 'Restore the default' }).click();
    await expect.poll(() => headers(page)).toEqual(USUAL);

    // Somebody else in the same browser has a display of their own.
    await page.getByRole('button', { name: 'Display' }).click();
    await page.getByRole('menuitemradio', { name: 'Compact' }).click();
    await expect.poll(height).toBe(36);
    const eva = await join(site, ada, 'eva@example.com', { name: 'Watchers', permissions: ['api.key.view'] });
    await page.context().clearCookies();
    await page.goto(await site.linkFor(eva.email));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Keys', exact: true }).click();
    await expect.poll(height).toBe(48);
  });

  test('survives garbage, and a browser that stores nothing', async () => {
    const { site, ada, page } = await small();
    const stored = async () =>
      Object.keys(JSON.parse(String(await page.evaluate('JSON.stringify({ ...localStorage })')))).find(
        (name) => name.startsWith('keywright-key-list-'),
      );
    await page.getByRole('button', { name: 'Display' }).click();
    await page.getByRole('menuitemradio', { name: 'Compact' }).click();
    await expect.poll(stored).toBeTruthy();
    const name = await stored();
    for (const garbage of [
      '',
      'null',
      '[]',
      '"compact"',
      '{"columns":{"length":3},"density":7}',
      '{"columns":["__proto__","name","nothing",null,5]}',
      `{"columns":["${'x'.repeat(60_000)}"]}`,
    ]) {
      await page.evaluate(`localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(garbage)})`);
      await page.reload();
      await page.getByRole('link', { name: 'Billing' }).waitFor();
      const expected = garbage.includes('__proto__') ? ['Name'] : USUAL;
      await expect.poll(() => headers(page), { message: garbage.slice(0, 60) }).toEqual(expected);
    }
    const other = await site.signIn(ada);
    await other.addInitScript(
      "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('Denied', 'SecurityError'); } })",
    );
    await other.reload();
    await other.getByRole('button', { name: 'Display' }).click();
    await other.getByRole('menuitemcheckbox', { name: 'Last used', exact: true }).click();
    await expect.poll(() => headers(other)).not.toContain('Last used');
    await other.getByRole('menuitemcheckbox', { name: 'Created' }).click();
    await expect.poll(() => headers(other)).not.toContain('Created');
    expect(await headers(other)).not.toContain('Last used');
  });

  test('shows which keys are overdue, expiring or in rotation, as it happens', async () => {
    const { site, ada, page, key } = await small();
    const watching = await site.signIn(ada, { width: 360 });
    await watching.locator('[data-live=live]').waitFor();
    const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await site.makeKey(ada, { name: 'Trial', expiresAt });
    for (const one of [page, watching]) await rowOf(one, 'Trial').getByText('Expiring').waitFor();
    await rotate(site, ada, key.id);
    for (const one of [page, watching]) await rowOf(one, 'Billing').getByText('Rotating').waitFor();
    const title = await rowOf(page, 'Billing').getByTitle('The previous secret is accepted until').count();
    expect(title).toBe(1);
    await page.reload();
    await rowOf(page, 'Billing').getByText('Rotating').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await tableFaults(page)).toEqual([]);
    await screenshots(page, 'key-conditions');
    const { apiKey } = await site.ask(ada, 'query ($id: ID!) { apiKey(id: $id) { secrets { id status } } }', {
      id: key.id,
    });
    const retiring = apiKey.secrets.find((secret: { status: string }) => secret.status === 'RETIRING');
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKeySecret(input: { id: $id }) { __typename } }', {
      id: retiring.id,
    });
    for (const one of [page, watching])
      await rowOf(one, 'Billing').getByText('Rotating').waitFor({ state: 'detached' });
  });
});

const USUAL = ['Name', 'Status', 'Last used', 'Last 24 hours', 'Expires', 'Environment', 'Created'];

async function small() {
  const site = await startSite();
  const ada = await site.found();
  const key = await site.makeKey(ada, { name: 'Billing' });
  const page = await site.signIn(ada);
  await page.locator('[data-live=live]').waitFor();
  await page.getByRole('link', { name: 'Billing' }).waitFor();
  return { site, ada, page, key };
}

async function rotate(site: Site, ada: SitePerson, id: string): Promise<void> {
  await site.ask(ada, 'mutation ($id: ID!) { rotateApiKey(input: { id: $id }) { __typename } }', { id });
}

function rowOf(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name });
}

/** The columns besides checkboxes and menus. */
async function headers(page: Page): Promise<string[]> {
  return (await page.getByRole('columnheader').allTextContents()).filter(
    (text) => text && text !== 'Actions',
  );
}
