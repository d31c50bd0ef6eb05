import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { eventually } from '../../support/wait.ts';
import { describeInChromium } from '../browser.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { makeRole, makeTeam } from '../people.ts';
import { type Site, type SitePerson, startSite } from '../site.ts';

describeInChromium('editing a key', () => {
  test('changes every field, sends these alone, and shows them at once in another browser', async () => {
    const site = await startSite();
    const ada = await site.found();
    await makeTeam(site, ada, 'Billing');
    const key = await site.makeKey(ada, { name: 'Warehouse', grants: ['api.key.view'] });
    const [page, other] = [await site.signIn(ada), await site.signIn(ada)];
    for (const one of [page, other]) await openKey(one, site, key.id);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('heading', { name: 'Edit Warehouse' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);

    await page.getByRole('button', { name: 'Advanced' }).click();
    await textBox(page, 'Name').fill('Warehouse, north');
    await textBox(page, 'Description').fill('Syncs the stock');
    await textBox(page, 'External ID').fill('customer-7');
    await textBox(page, 'Metadata').fill('{ "region": "eu" }');
    await page.getByRole('combobox', { name: /^Role/ }).selectOption('Member');
    await page.getByRole('checkbox', { name: 'api.key.view', exact: true }).uncheck();
    await page.getByRole('checkbox', { name: 'api.key.verify', exact: true }).check();
    await page.getByRole('checkbox', { name: 'Billing' }).check();
    await page.getByRole('combobox', { name: 'Expiry' }).selectOption('In 30 days');
    await page.getByRole('textbox', { name: 'Rate limit' }).fill('100');
    await textBox(page, 'Allowed IPs').fill('10.0.0.0/8');

    const changes = page.getByRole('list', { name: 'Changes' });
    for (const effect of [
      'Accepted for Billing only',
      '100 requests in 1 minute',
      'Accepted from 10.0.0.0/8 only',
      'Member instead of none',
    ])
      await changes.getByText(effect).waitFor();
    await expect
      .poll(() => page.getByRole('list', { name: 'Gained' }).textContent())
      .toContain('+ api.key.verify');
    // The role holds it, too.
    expect(await page.getByRole('list', { name: 'Lost' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Undo: External ID' }).click();
    await expect.poll(() => textBox(page, 'External ID').inputValue()).toBe('');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await screenshots(page, 'edit');

    expect(Object.keys(await save(page)).sort()).toEqual(
      ['id', 'name', 'description', 'metadata', 'roleId', 'grants', 'teamIds', 'expiresAt', 'rateLimit']
        .concat('ipAllowlist')
        .sort(),
    );
    for (const one of [page, other]) {
      await one.getByRole('heading', { name: 'Warehouse, north' }).waitFor();
      for (const fact of ['Syncs the stock', '"region": "eu"', '100 uses in 1 minute', '10.0.0.0/8'])
        await one.getByText(fact).first().waitFor();
      await one.getByText('Billing', { exact: true }).waitFor();
      const direct = one.getByRole('region', { name: 'Granted directly', exact: true });
      await direct.getByText('api.key.verify').waitFor();
      await one.getByRole('region', { name: 'From the role Member' }).waitFor();
    }
  });

  test('clears what a key need not have', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, {
      name: 'Warehouse',
      description: 'Syncs the stock',
      externalId: 'customer-7',
      metadata: { region: 'eu' },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      rateLimit: { limit: 5, windowSeconds: 300 },
      ipAllowlist: ['10.0.0.0/8'],
    });
    const page = await site.signIn(ada);
    await openKey(page, site, key.id);
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await page.getByLabel('Rate limit: per').locator('option:checked').textContent()).toBe(
      '5 minutes',
    );
    for (const field of ['Description', 'External ID', 'Metadata', 'Allowed IPs'])
      await textBox(page, field).fill('');
    await page.getByRole('textbox', { name: 'Rate limit' }).fill('');
    await page.getByRole('combobox', { name: 'Expiry' }).selectOption('Does not expire');
    await page.getByRole('list', { name: 'Changes' }).getByText('It does not expire.').waitFor();
    const { id: _, ...sent } = await save(page);
    const [description, externalId, rateLimit, expiresAt] = [null, null, null, null];
    expect(sent).toEqual({ description, externalId, rateLimit, expiresAt, metadata: {}, ipAllowlist: [] });
    for (const fact of ['Never', 'All addresses', 'None'])
      await page.getByText(fact, { exact: true }).first().waitFor();
    await expect.poll(() => page.getByRole('term').allTextContents()).not.toContain('Description');
  });

  test('says at its field what is wrong, and of the whole what is no field’s', async () => {
    const site = await startSite();
    const ada = await site.found();
    const roleId = await makeRole(site, ada, { name: 'Readers', permissions: ['api.key.view'] });
    const key = await site.makeKey(ada, { name: 'Warehouse' });
    await site.makeKey(ada, { name: 'The one that is allowed' });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/keys/${key.id}/edit`);
    const saves = page.getByRole('button', { name: 'Save' });

    // A folded part opens for its errors, and can't hide them.
    const advanced = page.getByRole('button', { name: 'Advanced' });
    await advanced.click();
    await textBox(page, 'Rate limit').fill('often');
    await advanced.click();
    expect(await textBox(page, 'Rate limit').isVisible()).toBe(false);
    await textBox(page, 'Name').press('Enter');
    await expect.poll(() => focused(page)).toBe('Rate limit');
    await page.getByText('Advanced is open: 1 error').waitFor({ state: 'attached' });
    await advanced.click();
    expect(await textBox(page, 'Rate limit').isVisible()).toBe(true);
    await textBox(page, 'Rate limit').fill('');

    await textBox(page, 'Metadata').fill('{ "region": ');
    await saves.click();
    await page.getByText(/^is not JSON/).waitFor();
    await expect.poll(() => focused(page)).toBe('Metadata');
    await textBox(page, 'Metadata').fill(JSON.stringify({ text: 'x'.repeat(16_400) }));
    await saves.click();
    await page
      .getByText(/at most 16,384/)
      .first()
      .waitFor();
    await textBox(page, 'Metadata').fill('');

    const wrong = [
      ['Name', ' ', 'must not be empty'],
      ['Description', 'x'.repeat(501), 'at most 500'],
      ['External ID', 'x'.repeat(201), 'at most 200'],
      ['Allowed IPs', '10.0.0.300', 'is not an IP address'],
    ] as const;
    for (const [field, text, complaint] of wrong) {
      const before = await textBox(page, field).inputValue();
      await textBox(page, field).fill(text);
      await saves.click();
      await page.getByText(complaint).first().waitFor();
      await expect.poll(() => focused(page)).toBe(field);
      expect(await accessibilityFaults(page)).toEqual([]);
      await textBox(page, field).fill(before);
    }
    await page.getByRole('combobox', { name: 'Expiry' }).selectOption('At a time…');
    await page.getByLabel('Expires at').fill('2020-01-01T00:00');
    await saves.click();
    await page.getByText('must be in the future').first().waitFor();
    await page.getByRole('combobox', { name: 'Expiry' }).selectOption('Does not expire');

    // Several at once: the list of errors has the focus, and leads to each field.
    await textBox(page, 'Name').fill(' ');
    await textBox(page, 'Allowed IPs').fill('everywhere');
    await textBox(page, 'Allowed IPs').press('Control+Enter');
    const errors = page.getByRole('alert');
    await errors.getByText('2 errors to correct').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'edit-errors');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('2 errors');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Allowed IPs');
    await textBox(page, 'Allowed IPs').fill('');
    await errors.getByRole('link', { name: 'Name: must not be empty' }).click();
    await expect.poll(() => focused(page)).toBe('Name');
    await textBox(page, 'Name').fill('Warehouse');
    await errors.getByText('to correct').waitFor({ state: 'detached' });

    // Somebody deletes the role while it is chosen.
    await page.getByRole('combobox', { name: /^Role/ }).selectOption('Readers');
    await site.ask(ada, 'mutation ($id: ID!) { deleteRole(input: { id: $id }) { __typename } }', {
      id: roleId,
    });
    await saves.click();
    await page.getByText('No role found with this ID').first().waitFor();
    await expect.poll(() => focused(page)).toBe('Role');
    await page.getByRole('combobox', { name: /^Role/ }).selectOption('No role');

    await update(site, ada, { id: key.id, enabled: false });
    const enabled = page.getByRole('checkbox', { name: 'Enabled' });
    // The page has to hear of it first: until then, the box is checked already.
    await eventually(async () => !(await enabled.isChecked()));
    await enabled.check();
    await run(site.env, 'organizations', 'limit', ada.organizationId, '1');
    await saves.click();
    await page.getByRole('alert').getByText('active API keys and its limit is 1').waitFor();
  });

  test('says so where the key was revoked, and the page has not heard of it', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Warehouse' });
    const page = await site.signIn(ada);
    // Nothing is told live.
    await page.routeWebSocket('**/graphql', () => {});
    await page.goto(`${site.url}/keys/${key.id}/edit`);
    await textBox(page, 'Name').fill('Too late');
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: key.id,
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText("A revoked API key can't be updated").waitFor();
  });

  test('tells what somebody else changes meanwhile, and leaves that as it is', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Warehouse', description: 'Old words' });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/keys/${key.id}/edit`);
    await page.locator('[data-live=live]').waitFor();
    await textBox(page, 'Name').fill('Mine');
    await update(site, ada, { id: key.id, name: 'Theirs', description: 'New words' });
    const news = page.getByRole('status').filter({ hasText: 'changed this key while you were editing it' });
    await news.getByText('The form now shows the new value of: Description').waitFor();
    await news.getByText('You both changed: Name').waitFor();
    await expect.poll(() => textBox(page, 'Description').inputValue()).toBe('New words');
    await expect.poll(() => textBox(page, 'Name').inputValue()).toBe('Mine');
    expect(await accessibilityFaults(page)).toEqual([]);
    await news.getByRole('button', { name: 'Use their value (Name)' }).click();
    await expect.poll(() => textBox(page, 'Name').inputValue()).toBe('Theirs');
    await news.getByRole('button', { name: 'Dismiss' }).click();
    await news.waitFor({ state: 'detached' });

    await textBox(page, 'External ID').fill('customer-7');
    expect(await save(page)).toEqual({ id: key.id, externalId: 'customer-7' });
    await page.getByRole('heading', { name: 'Theirs' }).waitFor();
    await page.getByRole('definition').filter({ hasText: 'New words' }).waitFor();

    await page.getByRole('link', { name: 'Edit' }).click();
    await textBox(page, 'Name').fill('Too late');
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: key.id,
    });
    await page.getByText('This key can’t be changed').waitFor();
  });
});

function textBox(page: Page, label: string) {
  return page.getByRole('textbox', { name: new RegExp(`^${label}`) });
}

async function openKey(page: Page, site: Site, id: string): Promise<void> {
  await page.goto(`${site.url}/keys/${id}`);
  await page.locator('[data-live=live]').waitFor();
}

/** Saves, and gives what was sent. */
async function save(page: Page): Promise<Record<string, unknown>> {
  const sending = page.waitForRequest((request) => request.postData()?.includes('updateApiKey') ?? false);
  await page.getByRole('button', { name: 'Save' }).click();
  const { variables } = (await sending).postDataJSON() as { variables: { input: Record<string, unknown> } };
  await eventually(() => /\/keys\/key_\w+$/.test(page.url()));
  return variables.input;
}

async function update(site: Site, by: SitePerson, input: Record<string, unknown>): Promise<void> {
  const change = 'mutation ($i: UpdateApiKeyInput!) { updateApiKey(input: $i) { __typename } }';
  await site.ask(by, change, { i: input });
}

/** The label of what has the focus. */
async function focused(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.labels?.[0]?.childNodes[0].textContent'));
}
