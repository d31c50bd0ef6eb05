import { expect, onTestFinished, test } from 'vitest';
import { run } from '../cli/run.ts';
import { startProvider } from '../support/openid-provider.ts';
import { describeInChromium, hasFocus, openBrowser } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { startSite } from './site.ts';

describeInChromium('sessions and settings', () => {
  test('a session that is ended elsewhere leads to the signed-out page within a second', async () => {
    const site = await startSite();
    const ada = await site.found();
    await site.makeKey(ada, { name: 'Billing' });
    const [page, phone] = [await site.signIn(ada), await site.signIn(ada, { width: 360 })];
    await phone.locator('[data-live=live]').waitFor();
    await phone.getByText('Billing').first().waitFor();
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sessions' }).click();
    const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
    await sessions
      .filter({ hasText: 'This session' })
      .getByText(/Chrome \d+ on/)
      .waitFor();
    // The third is the test’s own, of no browser.
    await expect.poll(() => sessions.count()).toBe(3);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'sessions');

    const other = sessions.filter({ hasText: 'Chrome' }).filter({ hasNotText: 'This session' });
    const gone = phone.getByRole('heading', { name: 'Your session has ended' });
    await other.getByRole('button', { name: /Sign out/ }).click();
    await sessions.nth(2).waitFor({ state: 'detached' });
    await gone.waitFor();
    expect(await phone.getByText('Billing').count()).toBe(0);

    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('heading', { name: 'Sign in to Keywright' }).waitFor();
    await expect(site.ask(ada, '{ viewer { __typename } }')).rejects.toThrow();
  });

  test('whoever is signed out comes in with single sign-on, and leaves again', async () => {
    const provider = await startProvider();
    onTestFinished(() => provider.stop());
    const site = await startSite({
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.settings.clientId,
      OIDC_CLIENT_SECRET: provider.settings.clientSecret,
    });
    provider.register(site.url);
    const ada = await site.found();
    provider.account = { sub: 'ada', email: ada.email, email_verified: true, name: 'Ada' };
    const page = await openBrowser();
    await page.goto(site.url);
    const single = page.getByRole('link', { name: 'Sign in with single sign-on' });
    await single.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await single.click();
    await page.waitForURL(`${site.url}/o/*/*`);
    await page.getByRole('button', { name: /Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await single.waitFor();
  });

  test('an organization is renamed and gets policies, with each fault at its field', async () => {
    const site = await startSite();
    const ada = await site.found();
    await run(site.env, 'organizations', 'limit', 'acme', '20');
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('of at most 20 active keys').waitFor();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('Acme Limited');
    await page.getByLabel('Key prefix').fill('Not a prefix');
    await page.getByLabel('Live keys').fill('30');
    await page.getByLabel('Test keys').fill('soon');
    await page.keyboard.press('Enter');
    await page.getByText('must be a whole number from 1 to 3650').first().waitFor();
    await expect.poll(() => page.getByLabel('Test keys').getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => page.getByLabel('Key prefix').getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => name.getAttribute('aria-invalid')).toBe(null);
    // Two errors: the list has the focus and leads to the fields.
    const errors = page.getByRole('alert');
    await errors.getByText('2 errors to correct').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('2 errors');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'settings-errors');
    await errors.getByRole('link', { name: /^Test keys:/ }).click();
    await hasFocus(page, '[inputmode=numeric]');
    await page.getByLabel('Key prefix').fill('acme');
    await page.getByLabel('Test keys').fill('');
    await page.keyboard.press('Enter');
    await page.getByRole('banner').getByText('Acme Limited').waitFor();

    await page.getByText('No changes yet.').waitFor();

    // Leaving asks, and discarding takes everything back.
    await page.getByLabel('Origins').fill('https://app.example.com');
    await page.getByText('Changes Allowed origins. Everything else stays as it is.').waitFor();
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('alertdialog', { name: 'Leave without saving?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard' }).click();
    await expect.poll(() => page.getByLabel('Origins').inputValue()).toBe('');
    await hasFocus(page, 'form');

    await page.getByRole('button', { name: 'Add a permission' }).click();
    await page.getByLabel('Name of permission 1').fill('invoices.*');
    await page.keyboard.press('Enter');
    await page.getByText("can't be a wildcard").first().waitFor();
    await page.getByLabel('Name of permission 1').fill('invoices.read');
    await page.getByLabel('Description of permission 1').fill('See invoices');
    await page.keyboard.press('Enter');
    await page
      .getByText('Roles and keys can have only these and the built-in ones.', { exact: true })
      .waitFor();
    await page.getByText('No changes yet.').waitFor();
    await page.reload();
    await page.getByRole('list', { name: 'Custom permissions' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'settings');

    const { organization } = await site.ask(
      ada,
      `query ($id: ID!) { organization(id: $id) {
        name keyPrefix rotationPolicy { liveDays testDays } permissionCatalog { name description builtIn }
      } }`,
      { id: ada.organizationId },
    );
    expect(organization).toMatchObject({
      name: 'Acme Limited',
      keyPrefix: 'acme',
      rotationPolicy: { liveDays: 30, testDays: null },
    });
    expect(organization.permissionCatalog).toContainEqual({
      name: 'invoices.read',
      description: 'See invoices',
      builtIn: false,
    });
    await page.goto(`${site.url}/roles/new`);
    await page.getByRole('checkbox', { name: 'invoices.read' }).waitFor();
    expect(await page.getByLabel('Custom permission').count()).toBe(0);
  });
});
