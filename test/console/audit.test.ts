import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { makeRole } from './people.ts';
import { startSite } from './site.ts';

describeInChromium('the audit log', () => {
  test('is read page by page, narrowed in the address, and follows what happens', async () => {
    const site = await startSite();
    const ada = await site.found();
    const roleId = await makeRole(site, ada, { name: 'Support', permissions: ['api.key.view'] });
    for (let number = 1; number <= 60; number += 1)
      await site.makeKey(ada, { name: `Key ${number}`, roleId });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Audit log' }).click();
    await line(page, 'Ada created the key Key 60').waitFor();
    await eventually(async () => (await lines(page).count()) === 50);
    await page.getByRole('button', { name: 'Load more' }).click();
    await line(page, 'created the role Support').waitFor();
    const sequences = await lines(page).evaluateAll((all) =>
      all.map((one) => Number(one.getAttribute('data-entry'))),
    );
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) - index));

    await page.getByRole('combobox', { name: 'Action' }).selectOption('api_key');
    await page.getByRole('combobox', { name: 'Actor' }).selectOption('Ada');
    await eventually(async () => (await lines(page).count()) === 50);
    await page.getByRole('button', { name: 'Load more' }).click();
    await eventually(async () => (await lines(page).count()) === 60);
    await expect.poll(() => new URL(page.url()).search).toMatch(/^\?action=api_key&actor=user_\w+$/);
    // Changes say what ids are called.
    await line(page, 'created the key Key 60').click();
    const changes = page.getByRole('table', { name: 'What was changed' });
    await changes.getByRole('cell', { name: 'Support' }).waitFor();
    await page.getByRole('button', { name: 'Only this object' }).click();
    await eventually(async () => (await lines(page).count()) === 1);
    const { id } = await site.makeKey(ada, { name: 'Brand new' });
    await page.reload();
    await eventually(async () => (await lines(page).count()) === 1);
    await page.getByRole('button', { name: 'Clear' }).click();
    await line(page, 'created the key Brand new').waitFor();
    await page.locator('[data-live=live]').waitFor();
    await site.ask(ada, `mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }`, { id });
    await line(page, 'Ada revoked the key Brand new').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2001-02-03');
    await page.getByRole('heading', { name: 'No matching entries' }).waitFor();
  });

  test('is taken away as CSV and as JSON, whole and without formulas', async () => {
    const site = await startSite();
    const ada = await site.found();
    const formula = '=HYPERLINK("http://evil.example","a, b")';
    await site.makeKey(ada, { name: formula });
    for (let number = 1; number <= 110; number += 1) await site.makeKey(ada, { name: `Key ${number}` });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/audit?action=api_key.created`);
    await lines(page).first().waitFor();
    const entries = JSON.parse(await exported(page, /As JSON/));
    expect(entries).toHaveLength(111);
    expect(entries.at(-1)).toMatchObject({
      action: 'api_key.created',
      actorName: 'Ada',
      changes: { name: [null, formula] },
    });
    const csv = await exported(page, /As CSV/);
    const rows = csv.trimEnd().split('\r\n');
    expect(rows).toHaveLength(112);
    const columns =
      'sequence,occurredAt,action,outcome,actorId,actorName,targetId,changes,ip,userAgent'.split(',');
    expect(rows[0]).toBe(`\uFEFF${columns.map((column) => `"${column}"`).join(',')}`);
    expect(rows.at(-1)).toContain('HYPERLINK(\\""http://evil.example');
    expect(csv).not.toMatch(/(?:^|,)"?[=+@-]/m);
  });

  test('can be used by everybody, in both themes and at every width', async () => {
    const site = await startSite();
    const ada = await site.found();
    const roleId = await makeRole(site, ada, { name: 'Support', permissions: ['api.key.view'] });
    const { id } = await site.makeKey(ada, { name: 'Billing' });
    await site.ask(
      ada,
      `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { __typename } }`,
      { input: { id, roleId, ipAllowlist: ['10.0.0.0/8', '2001:db8::/32'], name: 'Billing, nightly run' } },
    );
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/audit`);
    await line(page, 'Ada changed the').click();
    await page.getByRole('cell', { name: 'Support' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'audit');
  });
});

function lines(page: Page) {
  return page.locator('[data-entry]');
}

function line(page: Page, text: string) {
  return page.getByRole('button', { name: text }).first();
}

async function exported(page: Page, form: RegExp): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: form }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^audit-acme-\d{4}-\d\d-\d\d\.(?:csv|json)$/);
  return readFile(await download.path(), 'utf8');
}
