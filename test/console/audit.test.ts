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

  test('leaves no file where an export fails halfway or is cancelled, and continues where it stopped', async () => {
    const site = await startSite();
    const ada = await site.found();
    for (let number = 1; number <= 210; number += 1) await site.makeKey(ada, { name: `Key ${number}` });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/o/acme/audit?action=api_key.created`);
    await lines(page).first().waitFor();
    const saved: string[] = [];
    page.on('download', (download) => saved.push(download.suggestedFilename()));
    let state: 'away' | 'silent' | 'back' = 'away';
    const held: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      const isLater = /AuditPage.*"first":100,"after":"/s.test(route.request().postData() ?? '');
      if (isLater && state === 'away') return route.abort();
      if (isLater && state === 'silent') await new Promise<void>((resolve) => held.push(resolve));
      // A request that was cancelled meanwhile can't be continued.
      return route.continue().catch(() => {});
    });
    await page.getByRole('button', { name: 'Export' }).press('Enter');
    await page.getByRole('menuitem', { name: /As JSON/ }).press('Enter');
    const alert = page.getByRole('alert');
    await alert
      .getByText(/stopped after 100 entries: The server is not responding. No file was saved/)
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    expect(saved).toEqual([]);
    state = 'back';
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Continue' }).press('Enter'),
    ]);
    const entries = JSON.parse(await readFile(await download.path(), 'utf8')) as { sequence: string }[];
    expect(new Set(entries.map(({ sequence }) => sequence)).size).toBe(210);

    state = 'silent';
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /As CSV/ }).click();
    await page.getByText(/^100 entries, back to/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Export' }).waitFor();
    state = 'back';
    for (const release of held) release();
    // The next one has all entries, and nothing of the cancelled one.
    const csv = await exported(page, /As CSV/);
    expect(csv.trimEnd().split('\r\n')).toHaveLength(211);
    expect(saved).toHaveLength(2);
  });

  test('has a link to each entry, which opens it with those around it, however old', async () => {
    const site = await startSite();
    const ada = await site.found();
    for (let number = 1; number <= 12; number += 1) await site.makeKey(ada, { name: `Old ${number}` });
    await site.ask(ada, 'mutation ($ids: [ID!]!) { revokeApiKeys(input: { ids: $ids }) { __typename } }', {
      ids: (await Promise.all([1, 2, 3].map((n) => site.makeKey(ada, { name: `Gone ${n}` })))).map(
        ({ id }) => id,
      ),
    });
    const old = await site.makeKey(ada, { name: 'The one' });
    for (let number = 1; number <= 60; number += 1) await site.makeKey(ada, { name: `New ${number}` });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/o/acme/audit?target=${old.id}`);
    await line(page, 'Ada created the key The one').press('Enter');
    await page.getByRole('button', { name: 'Copy link' }).press('Enter');
    const link = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(link).toMatch(new RegExp(`^${site.url}/o/acme/audit/evt_\\w+$`));
    await page.goto(link);
    const one = page.locator('[aria-current=true]');
    await one.getByText('created the key The one').waitFor();
    await one.getByRole('table', { name: 'What was changed' }).waitFor();
    await eventually(async () => (await lines(page).count()) === 11);
    const texts = await lines(page).locator('button').first().locator('xpath=ancestor::ol').textContent();
    expect(texts).toMatch(/New 5.*New 1.*The one.*Gone/s);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'audit-entry');
    await page.getByRole('link', { name: 'Open the key' }).click();
    await page.waitForURL(`**/keys/${old.id}`);

    // Of another organization of the same person, of nobody, and of somebody without access.
    await site.found('Rival', ada.email);
    for (const address of [link.replace('acme', 'rival'), link.replace(/evt_.*/, 'evt_made-up')]) {
      await page.goto(address);
      await page.getByRole('heading', { name: 'This entry doesn’t exist, or you can’t view it' }).waitFor();
      expect(await page.getByText('The one').count()).toBe(0);
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    const stranger = await site.found('Other', 'eve@example.org');
    const theirs = await site.signIn(stranger);
    await theirs.goto(link.replace('acme', 'other'));
    await theirs.getByRole('heading', { name: 'This entry doesn’t exist, or you can’t view it' }).waitFor();
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
