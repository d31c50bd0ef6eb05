import { expect, onTestFinished, test } from 'vitest';
import { createVerifier } from '../../packages/verifier/src/index.ts';
import { describeInChromium } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { startSite } from './site.ts';

describeInChromium('verifiers in the settings', () => {
  test('appear, count their keys and disappear while the page is open', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { secret: token } = await site.makeKey(ada, { name: 'Verifier', grants: ['api.key.verify'] });
    const { secret } = await site.makeKey(ada, { name: 'Customer' });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Settings' }).click();
    const empty = page.getByRole('heading', { name: 'No embedded verifiers connected' });
    await empty.waitFor();
    await page.getByText(`url: '${site.url}'`).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);

    const verifier = createVerifier({ url: site.url, token, name: 'Orders API' });
    onTestFinished(() => verifier.stop());
    await verifier.ready();
    const row = page.getByRole('row').filter({ hasText: 'Orders API' });
    await row.getByText('Embedded').waitFor();
    await empty.waitFor({ state: 'detached' });
    await row.getByText('Current', { exact: true }).waitFor();
    const connected = row.locator('time');
    expect(await connected.textContent()).toMatch(/now|ago/);
    expect(await connected.getAttribute('title')).toMatch(/\d{4}.*\d:\d\d/);
    expect(await verifier.verify(secret)).toMatchObject({ code: 'VALID' });
    await row.getByRole('cell').getByText('1', { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'verifiers');

    await verifier.stop();
    await row.waitFor({ state: 'detached' });
    await empty.waitFor();
  });
});
