import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium } from '../browser.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { join, makeTeam } from '../people.ts';
import { remains, watchCache } from '../secret-hunt.ts';
import { startSite } from '../site.ts';

describeInChromium('creating a key', () => {
  test('takes all that a key can be, says at its field what is wrong, and shows the secret once', async () => {
    const site = await startSite();
    const ada = await site.found();
    const teamId = await makeTeam(site, ada, 'Billing');
    const page = await site.signIn(ada);
    await watchCache(page);
    await page.reload();
    await page.getByRole('link', { name: 'Create key' }).first().click();
    await page.getByRole('heading', { name: 'Create a key' }).waitFor();

    // From here to the secret with the keyboard alone.
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByRole('link', { name: 'Name: must not be empty' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Name');
    await page.keyboard.type('Terraform CI');
    await page.getByText('must not be empty').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: 'Test' }).isChecked()).toBe(true);

    await page.getByLabel('Expiry').selectOption('In 30 days');
    await page.getByRole('combobox', { name: /^Role/ }).selectOption('Member');
    await page.getByText('View API keys, their usage and their events').first().waitFor();
    await screenshots(page, 'create-essentials');
    const keywright = page.getByRole('button', { name: 'Manage Keywright' });
    expect(await keywright.getAttribute('aria-expanded')).toBe('false');
    await keywright.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'api.key.create', exact: true }).check();
    const advanced = page.getByRole('button', { name: 'Advanced' });
    expect(await advanced.getAttribute('aria-expanded')).toBe('false');
    await advanced.click();
    await page.getByLabel('External ID').fill('customer_4711');
    await page.getByLabel('Metadata').fill('["not", "an object"]');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('alert').getByRole('link', { name: 'Metadata: must be a JSON object' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Metadata');
    await page.getByLabel('Metadata').fill('{ "plan": "pro" }');
    await page.getByRole('checkbox', { name: 'Billing' }).check();
    await page.getByRole('textbox', { name: 'Rate limit' }).fill('100');
    await page.getByLabel('Allowed IPs').fill('127.0.0.1\n10.0.0.300');
    await page
      .getByText('Creates a test key “Terraform CI” with the 3 permissions of the role Member and 1 more.')
      .waitFor();
    await page
      .getByText(
        'It is accepted for Billing only, from 2 addresses or networks only, at most 100 times in 1 minute.',
      )
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await screenshots(page, 'create');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('"10.0.0.300" is not an IP address').first().waitFor();
    await expect.poll(() => focused(page)).toBe('Allowed IPs');
    await screenshots(page, 'create-error');
    await page.getByLabel('Allowed IPs').fill('127.0.0.1');
    await page.getByRole('button', { name: 'Create key' }).click();

    const dialog = page.getByRole('dialog', { name: 'API key created' });
    const secret = (await dialog.locator('code').textContent()) ?? '';
    expect(secret).toMatch(/^kw_test_\w{38}$/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'secret');
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    const command = (await dialog.locator('pre').textContent()) ?? '';
    expect((await promisify(execFile)('bash', ['-c', command])).stdout).toContain('HTTP/1.1 200');
    await dialog.getByRole('tab', { name: 'curl' }).focus();
    await page.keyboard.press('ArrowRight');
    await dialog.locator('pre', { hasText: `API_KEY=${secret}` }).waitFor();
    await page.keyboard.press('ArrowRight');
    await dialog
      .locator('pre', { hasText: `${site.url}/verify?organization=${ada.organizationId}&environment=test` })
      .waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', { name: 'Close without a copy?' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back to the secret' }).click();
    expect(await asks(page, 'location.reload()')).toBe('beforeunload');
    await page.evaluate('history.back()');
    const question = page.getByRole('alertdialog', { name: 'Leave without a copy?' });
    await question.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await question.getByRole('button', { name: 'Back to the secret' }).click();
    await expect.poll(() => dialog.locator('code').textContent()).toBe(secret);
    const shown = await remains(page);
    expect([shown.document, shown.reached], 'the search finds it while it is shown').toEqual([
      expect.stringContaining(secret),
      expect.stringContaining(secret),
    ]);

    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('heading', { name: 'Terraform CI' }).waitFor();
    const places = await remains(page);
    expect(places.cache, 'the search sees what the cache holds').toContain('"name":"Terraform CI"');
    const tail = secret.slice(17);
    await expect.poll(() => placesOf(page, tail)).toEqual([]);
    await page.goBack();
    await page.getByRole('link', { name: 'Create key' }).first().waitFor();
    await expect.poll(() => placesOf(page, tail)).toEqual([]);

    const { apiKeys } = await site.ask(
      ada,
      `query ($id: ID!) { apiKeys(organizationId: $id) { nodes {
        name environment externalId metadata role { name } grants teams { id } ipAllowlist expiresAt
        rateLimit { limit windowSeconds }
      } } }`,
      { id: ada.organizationId },
    );
    expect(apiKeys.nodes).toEqual([
      {
        name: 'Terraform CI',
        environment: 'TEST',
        externalId: 'customer_4711',
        metadata: { plan: 'pro' },
        role: { name: 'member' },
        grants: ['api.key.create'],
        teams: [{ id: teamId }],
        ipAllowlist: ['127.0.0.1/32'],
        expiresAt: expect.any(String),
        rateLimit: { limit: 100, windowSeconds: 60 },
      },
    ]);
    const days = (Date.parse(apiKeys.nodes[0].expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 1);
  });

  test('shows the permissions of the product first, and keeps one that was only typed', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/keys/new`);
    await page.getByLabel('Name', { exact: true }).fill('Typed');
    await page.getByLabel('Custom permission').fill('invoices.read');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('dialog', { name: 'API key created' }).waitFor();
    const { apiKeys } = await site.ask(ada, '{ apiKeys { nodes { grants } } }');
    expect(apiKeys.nodes).toEqual([{ grants: ['invoices.read'] }]);

    const define = 'mutation ($i: UpdateOrganizationInput!) { updateOrganization(input: $i) { __typename } }';
    const permissionCatalog = [{ name: 'invoices.read' }, { name: 'invoices.write' }];
    await site.ask(ada, define, { i: { id: ada.organizationId, permissionCatalog } });
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.goto(`${site.url}/keys/new`);
    await page.getByLabel('Name', { exact: true }).fill('Chosen');
    await page.getByRole('checkbox', { name: 'invoices.write' }).check();
    expect(await page.getByRole('checkbox', { name: 'api.key.view' }).isVisible()).toBe(false);
    await page.getByText('Creates a live key “Chosen” with 1 permission.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshots(page, 'create-own');
  });

  test('is offered to those who may, and with no more than they hold', async () => {
    const site = await startSite();
    const ada = await site.found();
    const makers = {
      name: 'Makers',
      permissions: ['api.key.create', 'api.key.view', 'organization.view', 'role.view'],
    };
    const page = await site.signIn(await join(site, ada, 'max@example.com', makers));
    await page.getByRole('heading', { name: 'No keys yet' }).waitFor();
    await page.getByRole('link', { name: 'Create key' }).first().click();
    const role = page.getByRole('combobox', { name: /^Role/ });
    await role.waitFor();
    await page.getByRole('button', { name: 'Manage Keywright' }).click();
    await expect.poll(() => role.locator('option:enabled').allTextContents()).toEqual(['No role', 'Makers']);
    await expect
      .poll(() => page.getByRole('checkbox', { name: 'api.key.create', exact: true }).isEnabled())
      .toBe(true);
    await expect.poll(() => page.getByRole('checkbox', { name: 'api.key.delete' }).isEnabled()).toBe(false);

    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const other = await site.signIn(await join(site, ada, 'wil@example.com', watchers));
    await other.getByRole('heading', { name: 'No keys yet' }).waitFor();
    expect(await other.getByRole('link', { name: 'Create key' }).count()).toBe(0);
    await other.goto(`${site.url}/keys/new`);
    await other.getByRole('heading', { name: 'Key not found' }).waitFor();
    expect(await other.getByRole('heading', { name: 'Create a key' }).count()).toBe(0);
  });
});

/** Where the page still has the text. React lets go of what it drew before when it draws again. */
async function placesOf(page: Page, text: string): Promise<string[]> {
  const places = Object.entries(await remains(page));
  return places.filter(([, kept]) => kept.includes(text)).map(([place]) => place);
}

/** The label of what has the focus. */
async function focused(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.labels?.[0]?.childNodes[0].textContent'));
}

/** Does something that would leave the page, says no, and gives the kind of question that was asked. */
async function asks(page: Page, action: string): Promise<string> {
  const asked = page.waitForEvent('dialog');
  await page.evaluate(`setTimeout(() => { ${action} })`);
  const dialog = await asked;
  const kind = dialog.type();
  await dialog.dismiss();
  return kind;
}
