import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../../support/wait.ts';
import { describeInChromium } from '../browser.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

describeInChromium('a form with unsaved changes', () => {
  test('asks before it is left by a link, by the history, by closing the tab, and by signing out', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Keys' }).click();
    await openForm(page);
    // Nothing was typed, so nothing is asked.
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    await page.goBack();
    await name(page).fill('Terraform CI');

    await page.getByRole('link', { name: 'Members' }).click();
    await question.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'leave');
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    await question.waitFor();
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });

    // Back, forward, and two steps at once.
    for (const steps of [-1, 1, -2]) {
      await page.evaluate(`history.go(${steps})`);
      await question.waitFor();
      await eventually(() => page.url().endsWith('/keys/new'));
      await question.getByRole('button', { name: 'Stay here' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await name(page).inputValue()).toBe('Terraform CI');
    }

    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await question.getByRole('button', { name: 'Stay here' }).click();
    expect(await name(page).inputValue()).toBe('Terraform CI');

    await page.evaluate('history.back()');
    await question.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    await question.waitFor({ state: 'detached' });
    expect(new URL(page.url()).pathname).toBe('/o/acme/keys');
  });

  test('asks nothing once its changes are taken back, or saved', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { id } = await site.makeKey(ada, { name: 'Warehouse' });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/keys/${id}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await name(page).fill('Another');
    await name(page).fill('Warehouse');
    await page.getByText('No changes yet.').first().waitFor();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Warehouse' }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await name(page).fill('Warehouse, north');
    await page.getByText('Changes Name, from the next request.').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Warehouse, north' }).waitFor();
    expect(await page.getByRole('alertdialog').count()).toBe(0);
  });

  test('keeps what was typed while the server is away, and says so', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await openForm(page);
    await page.locator('[data-live=live]').waitFor();
    await name(page).fill('Terraform CI');
    await site.stop();
    const away = page.getByText('The server can’t be reached. What you typed is kept here.');
    await away.waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The server is not responding').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'offline');
    await site.start();
    await away.waitFor({ state: 'detached' });
    expect(await name(page).inputValue()).toBe('Terraform CI');
    await name(page).press('Enter');
    await page.getByRole('dialog', { name: 'API key created' }).waitFor();
    expect(await namesOf(site, ada)).toEqual(['Terraform CI']);
  });

  test('survives the end of its session, out of sight until the same person is back', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await openForm(page);
    await name(page).fill('Terraform CI');
    await page.getByLabel('Expiry').selectOption('In 30 days');
    await signOutElsewhere(page);
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    await page.getByText('Your unsaved changes are kept in this tab').waitFor();
    expect(await name(page).isVisible()).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'session-ended');
    await page.getByRole('button', { name: 'Continue after signing in' }).click();
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();

    await signInInAnotherTab(page, await site.linkFor(ada.email));
    await page.getByRole('heading', { name: 'Create a key' }).waitFor();
    expect(await name(page).inputValue()).toBe('Terraform CI');
    await page
      .locator('[data-live]')
      .filter({ hasText: /Live|Caught up/ })
      .waitFor();
    await name(page).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'API key created' });
    const secret = (await dialog.locator('code').textContent()) ?? '';
    expect(await site.present(secret)).toBe(200);
    // The secret, which can't be shown again, outlives the session as well.
    await signOutElsewhere(page);
    await page.getByText('Your session has ended').waitFor();
    expect(await dialog.locator('code').textContent()).toBe(secret);
  });

  test('shows nothing of it to somebody else who signs in', async () => {
    const site = await startSite();
    const ada = await site.found();
    const eve = await site.found('Evil', 'eve@evil.example');
    const page = await site.signIn(ada);
    await openForm(page);
    await name(page).fill('Terraform CI');
    await signInInAnotherTab(page, await site.linkFor(eve.email));
    await eventually(async () => (await page.locator('body').textContent())?.includes('Terraform') === false);
    await page.getByText('Organization not found').waitFor();
    await expect.poll(() => page.evaluate('document.querySelector("input")')).toBe(null);
  });
});

function name(page: Page) {
  return page.getByRole('textbox', { name: 'Name', includeHidden: true });
}

async function openForm(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Create key' }).first().click();
  await page.getByRole('heading', { name: 'Create a key' }).waitFor();
}

/** Ends the session of the page's browser, as another tab of it does. */
async function signOutElsewhere(page: Page): Promise<void> {
  await page.evaluate(`fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'keywright' },
    body: JSON.stringify({ query: 'mutation { signOut { __typename } }' }),
  })`);
}

async function signInInAnotherTab(page: Page, link: string): Promise<void> {
  const tab = await page.context().newPage();
  await tab.goto(link);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.waitForURL(/\/o\/[^/]+\//);
}

async function namesOf(site: Site, person: SitePerson): Promise<string[]> {
  const { apiKeys } = await site.ask(person, '{ apiKeys { nodes { name } } }');
  return apiKeys.nodes.map(({ name: one }: { name: string }) => one);
}
