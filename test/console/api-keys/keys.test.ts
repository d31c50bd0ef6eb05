import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../../support/wait.ts';
import { describeInChromium, hasFocus } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

describeInChromium('the list of keys', () => {
  test('shows the keys, newest first', async () => {
    const { site, ada } = await siteWithKeys('Billing', 'Terraform CI');
    const page = await site.signIn(ada);
    await page.getByRole('table', { name: 'Keys' }).waitFor();
    await expect.poll(() => names(page)).toEqual(['Terraform CI', 'Billing']);
    await expect.poll(() => page.getByText('2 keys').count()).toBe(1);
  });

  test('says how to sign in to whoever is not', async () => {
    const { site, ada } = await siteWithKeys();
    const page = await site.signIn(ada);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    await expect.poll(() => page.getByText('keywright sign-in-link').count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${site.url}/keys`);
    await page.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
  });

  test('follows what others do: a key comes, is used, and goes dark', async () => {
    const { site, ada, keys } = await siteWithKeys('Billing');
    const [first, second] = [await site.signIn(ada), await site.signIn(ada, { theme: 'dark' })];
    for (const page of [first, second]) await live(page);
    await site.makeKey(ada, { name: 'Warehouse' });
    for (const page of [first, second]) await row(page, 'Warehouse').waitFor();
    await expect.poll(() => names(first)).toEqual(['Warehouse', 'Billing']);
    await expect.poll(() => row(first, 'Billing').getByText('Never').last().isVisible()).toBe(true);
    await site.present(keys[0]?.secret ?? '');
    for (const page of [first, second]) await row(page, 'Billing').getByText('just now').last().waitFor();
    await row(first, 'Billing').getByRole('img', { name: '1 use in the last 24 hours' }).waitFor();
    await site.ask(ada, `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }`, {
      id: keys[0]?.id,
    });
    for (const page of [first, second]) await row(page, 'Billing').getByText('Revoked').waitFor();
  });

  test('goes on after a restart of the server, with what happened meanwhile', async () => {
    const { site, ada } = await siteWithKeys('Billing');
    const page = await site.signIn(ada);
    await live(page);
    await site.makeKey(ada, { name: 'Before' });
    await row(page, 'Before').waitFor();
    await site.stop();
    await page.locator('[data-live=reconnecting]').waitFor();
    await site.start();
    await site.makeKey(ada, { name: 'After' });
    await row(page, 'After').waitFor();
    await page.locator('[data-live=caught-up], [data-live=live]').waitFor();
    await expect.poll(() => names(page)).toEqual(['After', 'Before', 'Billing']);
  });

  test('keeps search, filters and order in the address', async () => {
    const { site, ada } = await siteWithKeys('Alpha', 'Beta', 'Gamma');
    await site.makeKey(ada, { name: 'Alpha test', environment: 'TEST' });
    const page = await site.signIn(ada);
    await row(page, 'Alpha test').waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await eventually(async () => (await names(page))[0] === 'Alpha');
    await page.getByRole('searchbox').fill('alpha');
    await eventually(async () => (await names(page)).length === 2);
    await page.getByRole('combobox', { name: 'Environment' }).selectOption('Test');
    await eventually(async () => (await names(page)).join() === 'Alpha test');
    await page.reload();
    await row(page, 'Alpha test').waitFor();
    await expect.poll(() => names(page)).toEqual(['Alpha test']);
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByText('No matching keys').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await eventually(async () => (await names(page)).length === 4);
  });

  test('ends where the session ends, and says so', async () => {
    const { site, ada } = await siteWithKeys('Billing');
    const page = await site.signIn(ada);
    await live(page);
    const { viewer } = await site.ask(ada, '{ viewer { sessions { id current } } }');
    const other = viewer.sessions.find((session: { current: boolean }) => !session.current);
    await site.ask(ada, `mutation ($id: ID!) { revokeSession(input: { id: $id }) { __typename } }`, {
      id: other.id,
    });
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    expect(await page.getByText('Billing').count()).toBe(0);
  });

  test('can be used with the keyboard alone', async () => {
    const { site, ada } = await siteWithKeys('Billing');
    const page = await site.signIn(ada);
    await row(page, 'Billing').waitFor();
    await page.keyboard.press('Tab');
    await hasFocus(page, 'a:text-is("Skip to the content")');
    await page.keyboard.press('Enter');
    await hasFocus(page, '#main');
    await page.keyboard.press('Tab');
    await hasFocus(page, '#main *');
    await page.getByRole('button', { name: /Account/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitemradio', { name: 'System' }).waitFor();
    await page.keyboard.press('Escape');
    // The menu gives the focus back some time after it has closed, and would take it from whatever has it then.
    await hasFocus(page, '[aria-haspopup=menu]');
    await page.getByRole('link', { name: 'Billing' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Billing' }).waitFor();
    await hasFocus(page, '#main');
  });

  test('can be used by everybody, in both themes and at every width', async () => {
    const { site, ada } = await siteWithKeys('A key with a name that is a good deal longer than most');
    await enliven(site, ada);
    const page = await site.signIn(ada);
    await row(page, 'Mobile app, iOS').getByRole('img').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'keys');
  });
});

async function siteWithKeys(...named: string[]): Promise<{
  site: Site;
  ada: SitePerson;
  keys: { id: string; secret: string }[];
}> {
  const site = await startSite();
  const ada = await site.found();
  const keys: { id: string; secret: string }[] = [];
  for (const name of named) keys.push(await site.makeKey(ada, { name }));
  return { site, ada, keys };
}

function row(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name }).first();
}

async function live(page: Page): Promise<void> {
  await page.locator('[data-live=live]').waitFor();
}

async function names(page: Page): Promise<string[]> {
  const cells = await page.locator('tr[data-row] a').allTextContents();
  return cells.map((text) => text.trim());
}
