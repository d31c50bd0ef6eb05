import { expect, test } from 'vitest';
import { describeInChromium } from './browser.ts';
import { overflows } from './looks.ts';
import { invite, makeRole, makeTeam } from './people.ts';
import { startSite } from './site.ts';

const LONG = 'Unbreakable'.repeat(10).slice(0, 100);

describeInChromium('lists of long names', () => {
  test('fit every width, as tables and as cards', async () => {
    const site = await startSite();
    const ada = await site.found();
    await makeTeam(site, ada, LONG);
    const permissions = ['api.key.view', 'api.key.create', 'api.key.update', 'api.key.delete'];
    const roleId = await makeRole(site, ada, { name: LONG.slice(0, 50), permissions });
    await invite(site, ada, `${LONG.slice(0, 60)}@${LONG.slice(0, 60)}.example.com`, roleId);
    const { secret } = await site.makeKey(ada, { name: LONG, roleId, ipAllowlist: ['192.0.2.1'] });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Security' }).click();
    await page.locator('[data-live=live]').waitFor();
    const row = page.locator('[data-row]').first();
    await expect
      .poll(async () => {
        await site.present(secret);
        return row.isVisible();
      })
      .toBe(true);
    expect(await overflows(page), 'Security').toEqual([]);
    for (const part of ['By key', 'By address']) {
      await page.getByRole('list', { name: part }).getByRole('link').first().click();
      await page.getByRole('heading', { name: /^Denials/, level: 1 }).waitFor();
      await row.waitFor();
      expect(await overflows(page), part).toEqual([]);
      await page.getByRole('link', { name: 'All denials' }).click();
    }
    for (const [view, what] of [
      ['Members', '[data-row]'],
      ['Roles', '[data-row]'],
      ['Teams', '[data-row]'],
      ['Audit log', '[data-entry]'],
      ['Review', 'main h1'],
      ['Settings', 'main h1'],
    ] as const) {
      await page.getByRole('link', { name: view }).click();
      await page.getByRole('heading', { name: view, level: 1 }).waitFor();
      await page.locator(what).first().waitFor();
      expect(await overflows(page), view).toEqual([]);
    }
    await page.goto(`${site.url}/o/acme/sessions`);
    await page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').first().waitFor();
    expect(await overflows(page), 'Sessions').toEqual([]);
  });
});
