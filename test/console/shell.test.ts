import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { describeInChromium, settled } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { startSite } from './site.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/keywright.js');

describeInChromium('the frame of all views', () => {
  test('leads to the descriptions of the API, and tells state and version of the server', async () => {
    const site = await startSite();
    const page = await site.signIn(await site.found());
    await page.getByRole('button', { name: 'Help' }).focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('menu', { name: 'Help' });
    await menu.getByText('The server is ready').waitFor();
    await menu.getByText(`Keywright ${packageJson.version}`).waitFor();
    expect(await menuFaults(page)).toEqual([]);
    await screenshots(page, 'help');
    for (const [name, path] of [
      ['GraphiQL', '/graphql'],
      ['GraphQL schema', '/schema.graphql'],
      ['OpenAPI document', '/openapi.json'],
      ['The server is ready', '/readyz'],
    ] as const) {
      const item = menu.getByRole('menuitem', { name });
      expect(await item.getAttribute('href')).toBe(path);
      const headers = { Accept: 'text/html, */*' };
      expect((await fetch(`${site.url}${path}`, { headers })).status).toBe(200);
    }
    await page.keyboard.press('Escape');
    await site.stop();
    await page.getByRole('button', { name: 'Help' }).click();
    await menu.getByText('The server is not ready').waitFor();
  });

  test('offers no GraphiQL where the server has none', async () => {
    const site = await startSite({ GRAPHIQL: 'off' });
    const page = await site.signIn(await site.found());
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: 'GraphQL schema' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'GraphiQL' }).count()).toBe(0);
  });

  test('says that a page does not exist, and leads back', async () => {
    const site = await startSite();
    const page = await site.signIn(await site.found());
    await page.goto(`${site.url}/o/acme/nothing`);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await expect.poll(() => page.title()).toBe('Page not found · Keywright');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'not-found');
    await page.getByRole('link', { name: /^Go to/ }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/o\/acme\/(?!nothing)\w+/);
  });

  test('tells the operator’s command for an organization, which then is in the switcher', async () => {
    const site = await startSite();
    const page = await site.signIn(await site.found());
    const switcher = page.getByRole('button', { name: /^Organization:/ });
    await switcher.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Create organization…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create an organization' });
    const name = `Ada's $(touch pwned) "lab"`;
    await dialog.getByLabel('Name').fill(name);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'new-organization');
    await dialog.getByRole('button', { name: 'Copy command' }).click();
    const command = String(await page.evaluate('navigator.clipboard.readText()'));
    const script = `keywright() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${command}`;
    await promisify(execFile)('bash', ['-c', script], { env: { ...process.env, ...site.env } });
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(async () => {
        await switcher.click();
        const names = await page.getByRole('menuitemradio').allTextContents();
        await page.keyboard.press('Escape');
        return names;
      })
      .toEqual(['Acme', name]);
    await switcher.click();
    await page.getByRole('menuitemradio', { name }).click();
    await page.getByRole('banner').getByText(name).waitFor();
  });
});

/** An open menu is outside of all landmarks: it belongs to its button. */
async function menuFaults(page: Page): Promise<string[]> {
  await settled(page);
  return (await accessibilityFaults(page)).filter((fault) => !fault.includes(': region: '));
}
