import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Denial, DenialLog } from '../../console/src/features/security/denial-log.ts';
import { groupDenials } from '../../console/src/features/security/group-denials.ts';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { type Site, startSite } from './site.ts';

describeInChromium('denied attempts', () => {
  test('appear as they happen, by key, reason and address', async () => {
    const site = await startSite({ TRUSTED_PROXIES: '127.0.0.1' });
    const ada = await site.found();
    const billing = await site.makeKey(ada, { name: 'Billing' });
    const walled = await site.makeKey(ada, { name: 'Walled', ipAllowlist: ['192.0.2.1'] });
    const stranger = await site.found('Other', 'eve@example.org');
    const theirs = await site.makeKey(stranger, { name: 'Theirs', ipAllowlist: ['192.0.2.1'] });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('heading', { name: 'No denied verifications since you opened this page' }).waitFor();
    await page.locator('[data-live=live]').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    // The command that the view suggests does what it says.
    const command = (await page.locator('pre').textContent()) ?? '';
    await eventually(async () => {
      await promisify(execFile)('bash', ['-c', command]);
      return page.getByRole('table', { name: 'Denied attempts' }).isVisible();
    });
    await row(page, 'No such key').getByTitle('Not a key of this service').waitFor();

    await present(site, walled.secret, '198.51.100.7');
    await present(site, walled.secret, '198.51.100.8');
    await present(site, theirs.secret, '203.0.113.66');
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: billing.id,
    });
    await present(site, billing.secret, '198.51.100.8');
    await row(page, 'Billing').getByTitle('Revoked').waitFor();
    await row(page, 'Billing').getByTitle('198.51.100.8').waitFor();
    await row(page, 'Walled').getByTitle('Address not allowed').waitFor();
    expect(await page.getByText('Theirs').count()).toBe(0);
    expect(await page.getByText('203.0.113.66').count()).toBe(0);

    await page.getByRole('button', { name: 'By key' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?by=key');
    await eventually(async () => (await counts(page)).Walled === 2);
    await present(site, billing.secret, '198.51.100.9');
    await eventually(async () => (await counts(page)).Billing === 2);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'security');
    await page.getByRole('button', { name: 'By reason' }).click();
    await row(page, 'Revoked').getByText('Billing').waitFor();
    await page.getByRole('button', { name: 'By address' }).click();
    await row(page, '198.51.100.9').getByText('Billing').waitFor();

    // What was gathered stays while other views are open.
    await page.getByRole('button', { name: 'By key' }).click();
    await page.getByRole('link', { name: 'Billing' }).click();
    await page.getByRole('heading', { name: 'Billing' }).waitFor();
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'By key' }).click();
    await eventually(async () => (await counts(page)).Billing === 2);
  });
});

test('attempts are counted by key, reason and address, within bounds', async () => {
  const log = new DenialLog(0);
  const key = { id: 'key_1', name: 'A', start: 'kw_live_a', status: 'REVOKED' } as const;
  const denial: Denial = {
    apiKey: key,
    code: 'REVOKED',
    count: 2,
    ip: '192.0.2.1',
    occurredAt: '2030-01-01',
  };
  for (let index = 0; index < 3_000; index += 1)
    log.add({ ...denial, apiKey: null, code: 'NOT_FOUND', count: 1, ip: `192.0.2.${index}` });
  log.add(denial);
  log.add({ ...denial, ip: null, count: 1 });
  log.add(denial);
  await eventually(() => log.denials().total === 3_005);
  const { attempts } = log.denials();
  expect(attempts).toHaveLength(2_000);
  expect(attempts[0]).toMatchObject({ key, ip: '192.0.2.1', count: 4 });
  const [first, second] = groupDenials(attempts, 'key');
  expect(first).toMatchObject({ count: 5, keys: [key], codes: ['REVOKED'], ips: ['192.0.2.1', null] });
  expect(second).toMatchObject({ count: 1_998, keys: [null], codes: ['NOT_FOUND'] });
  expect(groupDenials(attempts, 'reason').map(({ id }) => id)).toEqual(['REVOKED', 'NOT_FOUND']);
});

/** Presents a secret as a gateway does for a client at this address. */
async function present(site: Site, secret: string, address: string): Promise<void> {
  const headers = { Authorization: `Bearer ${secret}`, 'X-Forwarded-For': address };
  await fetch(`${site.url}/verify`, { headers });
}

function row(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text }).first();
}

/** How many attempts are shown, by what their row begins with. */
async function counts(page: Page): Promise<Record<string, number>> {
  // All at once: a row may be gone by the time that it is asked for.
  const pairs = await page.locator('tr[data-row]').evaluateAll((rows) =>
    rows.map((row) => {
      const text = (selector: string) => row.querySelector(selector)?.textContent ?? '';
      return [text('td :is(a, span)'), Number(text('td.text-right'))] as const;
    }),
  );
  return Object.fromEntries(pairs);
}
