import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { eventually } from '../support/wait.ts';
import { describeInChromium, openBrowser } from './browser.ts';
import { makeRole } from './people.ts';
import { startSite } from './site.ts';

describeInChromium('an open page', () => {
  test('notices a connection that has gone silent, and catches up when there is one again', async () => {
    const site = await startSite();
    const proxy = await openProxy(site.port);
    const direct = site.url;
    await site.moveBehind(proxy.through(direct));
    const ada = await site.found();
    await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signIn(ada);
    await live(page);
    await site.makeKey(ada, { name: 'Before' });
    await row(page, 'Before').waitFor();
    proxy.swallow();
    // A ping every 12 seconds, which waits 5 for its answer, finds it out.
    await page.locator('[data-live=reconnecting]').waitFor();
    // In the background, only the tab is visible.
    await expect.poll(() => page.title()).toMatch(/^Reconnecting · Keys/);
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toBe('/favicon-away.svg');
    await site.makeKey(ada, { name: 'Meanwhile' }, direct);
    proxy.mend();
    await row(page, 'Meanwhile').waitFor();
    await live(page);
  });

  test('reads everything anew where the changes it missed are kept no more', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signIn(ada);
    await live(page);
    await site.makeKey(ada, { name: 'Before' });
    await row(page, 'Before').waitFor();
    await site.stop();
    const database = await openDatabase(site.env.DATABASE_URL ?? '');
    await database.kysely
      .updateTable('organization_sequences')
      .set((eb) => ({ value: eb('value', '+', 5) }))
      .where('organization_id', '=', ada.organizationId)
      .execute();
    await database.kysely
      .updateTable('api_keys')
      .set({ name: 'Invoices' })
      .where('id', '=', key.id)
      .execute();
    await database.close();
    await site.start();
    await row(page, 'Invoices').waitFor();
    // And goes on from there.
    await site.makeKey(ada, { name: 'After' });
    await row(page, 'After').waitFor();
  });

  test('shows one organization at a time, and nothing of it in the next', async () => {
    const site = await startSite();
    const ada = await site.found('Acme', 'ada@example.com');
    const other = await site.found('Rival', 'ada@example.com');
    await site.makeKey(ada, { name: 'Of Acme' });
    await site.makeKey(other, { name: 'Of Rival' });
    const page = await site.signIn(ada);
    for (const [name, own, foreign] of [
      ['Rival', 'Of Rival', 'Of Acme'],
      ['Acme', 'Of Acme', 'Of Rival'],
    ] as const) {
      await page.getByRole('button', { name: /Organization/ }).click();
      await page.getByRole('menuitemradio', { name }).click();
      await page.getByRole('list', { name: 'Latest changes' }).getByText(own, { exact: true }).waitFor();
      expect(await page.getByText(foreign).count()).toBe(0);
      await page.getByRole('link', { name: 'Keys' }).click();
      await row(page, own).waitFor();
      await live(page);
      expect(await page.getByText(foreign).count()).toBe(0);
      await site.makeKey(own === 'Of Rival' ? ada : other, { name: `${foreign}, new` });
      await site.makeKey(own === 'Of Rival' ? other : ada, { name: `${own}, new` });
      await row(page, `${own}, new`).waitFor();
      expect(await page.getByText(foreign).count()).toBe(0);
    }
  });

  test('says that the server is away, and can be tried again', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await live(page);
    await page.route('**/graphql', (route) => route.abort());
    await page.reload();
    await page.getByRole('heading', { name: 'The console can’t start' }).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No keys yet').waitFor();
  });

  test('reads what it could not read while the server was away', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByText('No teams yet').waitFor();
    await page.getByRole('link', { name: 'Keys' }).click();
    await live(page);
    await site.stop();
    await page.locator('[data-live=reconnecting]').waitFor();
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByText('The server is not responding. The console retries automatically.').waitFor();
    await site.start();
    await page.getByText('This could not be loaded').waitFor({ state: 'detached' });
    await live(page);
    await page.getByText('No teams yet').waitFor();
    // Of a view that was never open before, not even the code is there.
    await site.stop();
    await page.locator('[data-live=reconnecting]').waitFor();
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByText('The server is not responding, or it has been upgraded.').waitFor();
    await site.start();
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  });

  test('offers every role, and every organization, of however many', async () => {
    const site = await startSite();
    const ada = await site.found();
    const others = 101;
    for (let number = 1; number <= others; number += 1) {
      await makeRole(site, ada, { name: `Role ${number}`, permissions: [] });
      await site.found(`Other ${number}`, ada.email);
    }
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/o/acme/keys`);
    const roles = page.getByRole('combobox', { name: 'Role' }).getByRole('option');
    // And any, and those that come along.
    await eventually(async () => (await roles.count()) === others + 4);
    await page.getByRole('button', { name: /Organization/ }).click();
    await expect.poll(() => page.getByRole('menuitemradio').count()).toBe(others + 1);
  });

  test('remembers the theme that was chosen', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.getByText('No keys yet').waitFor();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    const scheme = () => page.evaluate('getComputedStyle(document.body).colorScheme');
    await eventually(async () => (await scheme()) === 'dark');
    await page.reload();
    await page.getByText('No keys yet').waitFor();
    await expect.poll(() => scheme()).toBe('dark');
  });

  test('does without motion where that is asked for', async () => {
    const site = await startSite();
    const page = await openBrowser({ reducedMotion: true });
    await page.goto(site.url);
    await page.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    expect(
      await page.evaluate(
        'getComputedStyle(document.documentElement).getPropertyValue("--animate-pulse-once")',
      ),
    ).toBe('none');
  });
});

function row(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name }).first();
}

async function live(page: Page): Promise<void> {
  await page.locator('[data-live=live]').waitFor();
}
