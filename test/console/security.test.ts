import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Denial, DenialLog } from '../../console/src/features/security/denial-log.ts';
import { isAddress } from '../../console/src/features/security/is-address.ts';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { join } from './people.ts';
import { type Site, type SitePerson, startSite } from './site.ts';

const BEHIND_PROXY = { TRUSTED_PROXIES: '127.0.0.1', VERIFY_FAILURES_PER_MINUTE: '100000' };
const ATTACKER = '203.0.113.66';

describeInChromium('denied attempts', () => {
  test('appear as they happen, and lead to their key and address', async () => {
    const site = await startSite({ TRUSTED_PROXIES: '127.0.0.1' });
    const ada = await site.found();
    const billing = await site.makeKey(ada, { name: 'Billing' });
    const walled = await site.makeKey(ada, { name: 'Walled', ipAllowlist: ['192.0.2.1'] });
    const stranger = await site.found('Other', 'eve@example.org');
    const theirs = await site.makeKey(stranger, { name: 'Theirs', ipAllowlist: ['192.0.2.1'] });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('heading', { name: 'No denied verifications yet' }).waitFor();
    await page.locator('[data-live=live]').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);

    // The command that the view suggests does what it says.
    const command = (await page.locator('pre').textContent()) ?? '';
    await eventually(async () => {
      await promisify(execFile)('bash', ['-c', command]);
      return page.getByRole('table', { name: 'Denied attempts' }).isVisible();
    });
    await row(page, 'Unknown key').getByText('Not a key of this service').waitFor();

    await present(site, walled.secret, '198.51.100.7');
    await present(site, theirs.secret, '203.0.113.66');
    await revoke(site, ada, billing.id);
    await present(site, billing.secret, '198.51.100.8');
    await row(page, 'Billing').getByText('Revoked').waitFor();
    await row(page, 'Billing').getByText('198.51.100.8').waitFor();
    await row(page, 'Walled').getByText('Address not allowed').waitFor();
    expect(await page.getByText('Theirs').count()).toBe(0);
    expect(await page.getByText('203.0.113.66').count()).toBe(0);

    // The sums follow, and each leads to the view of it, with its filters in the URL.
    await ranking(page, 'By key').getByRole('link', { name: 'Billing' }).press('Enter');
    await page.getByRole('heading', { name: 'Denials of “Billing”' }).waitFor();
    expect(new URL(page.url()).search).toBe(`?key=${billing.id}`);
    await expect.poll(() => row(page, 'Walled').count()).toBe(0);
    await page.getByRole('link', { name: 'All denials' }).click();
    await ranking(page, 'By reason').getByRole('link', { name: 'Address not allowed' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?code=IP_NOT_ALLOWED');
    await row(page, 'Walled').waitFor();
    await expect.poll(() => row(page, 'Billing').count()).toBe(0);
    await page.getByRole('button', { name: '7 d' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?code=IP_NOT_ALLOWED&range=7d');
    await page.reload();
    // What was live is history now.
    await row(page, 'Walled').getByText('198.51.100.7').waitFor();
    await page.getByRole('searchbox', { name: 'Address' }).fill('198.51');
    await page.getByText('Enter a complete IP address.').waitFor();
    await page.getByRole('searchbox', { name: 'Address' }).fill('198.51.100.8');
    await page.getByRole('heading', { name: 'Denials from 198.51.100.8' }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await row(page, 'Billing').waitFor();
  });

  for (const by of ['mouse', 'keyboard'] as const)
    test(`of an attack lead an engineer on call to the right key by ${by}`, async () => {
      const site = await startSite(BEHIND_PROXY);
      const ada = await site.found();
      const { leaked } = await attack(site, ada);
      const page = await site.signIn(ada);
      const use = (name: string, role: 'link' | 'button', within = page.locator('body')) => {
        const one = within.getByRole(role, { name, exact: role === 'button' }).first();
        return by === 'mouse' ? one.click() : one.press('Enter');
      };
      await use('Security', 'link');
      // The address with the most denials comes first.
      const addresses = ranking(page, 'By address');
      await expect.poll(() => addresses.getByRole('link').first().textContent()).toContain(ATTACKER);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflows(page)).toEqual([]);
      await screenshots(page, 'security');
      await use(ATTACKER, 'link', addresses);
      await page.getByRole('heading', { name: `Denials from ${ATTACKER}` }).waitFor();
      await page.getByText('One key was accepted from this address.').waitFor();
      const suspects = page.getByRole('list', { name: 'Accepted from this address' });
      await suspects.getByText('Warehouse sync').waitFor();
      expect(await suspects.getByRole('listitem').count()).toBe(1);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflows(page)).toEqual([]);
      await screenshots(page, 'security-attack');
      if (by === 'keyboard') {
        await use('Disable', 'button', suspects);
        await page.getByRole('alertdialog').getByRole('button', { name: 'Disable' }).press('Enter');
        await suspects.getByText('Disabled').waitFor();
        expect(await present(site, leaked.secret, ATTACKER)).toBe(401);
      }
      await use('Revoke', 'button', suspects);
      await page.getByLabel(/^Type/).fill('Warehouse sync');
      await use('Revoke key', 'button');
      await page.getByText(/revoked on 1 of 1 node/).waitFor();
      await use('Done', 'button');
      await suspects.getByText('Revoked').waitFor();
      expect(await present(site, leaked.secret, ATTACKER)).toBe(401);
      // The attempt appears, and the page of the key says the same.
      await ranking(page, 'By key').getByRole('link', { name: 'Warehouse sync' }).waitFor();
      await use('Warehouse sync', 'link', ranking(page, 'By key'));
      await page.getByText('Accepted 1 time in the last 24 hours').waitFor();
      await page.getByText('came from an address that was also denied').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    });

  test('offer no change to those who may not make it, and say what was counted by reason only', async () => {
    const site = await startSite(BEHIND_PROXY);
    const ada = await site.found();
    const { old } = await attack(site, ada);
    for (let index = 0; index < 60; index += 1) await present(site, old.secret, `198.18.0.${index}`);
    const viewers = { name: 'Viewers', permissions: ['api.key.view', 'organization.view'] };
    const page = await site.signIn(await join(site, ada, 'vic@example.com', viewers));
    await page.goto(`${site.url}/o/acme/security?ip=${ATTACKER}`);
    await page.getByText('One key was accepted from this address.').waitFor();
    expect(await page.getByRole('button', { name: /Revoke|Disable/ }).count()).toBe(0);
    await page.getByText(/This may not be all: [\d,]+ denials? in this time range/).waitFor();
    await page.getByRole('link', { name: 'All denials' }).click();
    await page.getByText(/denials? (?:was|were) counted by reason only/).waitFor();
    await page.goto(`${site.url}/o/acme/security?key=key_made_up`);
    await page.getByText('This key doesn’t exist, or you can’t view it.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // Without access to the organization, there is no history, but what happens.
    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const other = await site.signIn(await join(site, ada, 'wim@example.com', watchers));
    await other.goto(`${site.url}/o/acme/security`);
    await other.getByText('You see denials from now on.').waitFor();
    await other.locator('[data-live=live]').waitFor();
    await eventually(async () => {
      await present(site, old.secret, '198.18.0.1');
      return row(other, 'Old partner').isVisible();
    });
    expect(await accessibilityFaults(other)).toEqual([]);
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
  expect(log.denials().attempts).toHaveLength(2_000);
  expect(log.denials().attempts[0]).toMatchObject({ key, ip: '192.0.2.1', count: 4 });
  // What was missed is read from the server, so the list begins again.
  log.miss(5);
  await eventually(() => log.denials().gaps === 1);
  expect(log.denials()).toEqual({ attempts: [], total: 3_005, since: 5, gaps: 1 });
});

test.each([
  ['203.0.113.7', true],
  ['2001:db8::1', true],
  ['::1', true],
  ['::ffff:192.0.2.1', true],
  ['203.0.113', false],
  ['203.0.113.256', false],
  ['203.0.113.', false],
  ['2001', false],
  ['localhost', false],
  ['', false],
])('%s is a whole address: %s', (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});

/**
 * An attack among the usual noise: guesses, a key that was revoked long ago, and, among hundreds of failures, one that
 * works.
 */
async function attack(site: Site, by: SitePerson) {
  const names = ['Checkout', 'Invoices', 'Reports', 'Mobile app'];
  const usual = await Promise.all(
    names.map((name) => site.makeKey(by, { name, ipAllowlist: ['192.0.2.1'] })),
  );
  const leaked = await site.makeKey(by, { name: 'Warehouse sync' });
  const old = await site.makeKey(by, { name: 'Old partner' });
  await revoke(site, by, old.id);
  const organization = `?organization=${by.organizationId}`;
  for (const [index, { secret }] of usual.entries()) {
    await present(site, secret, '192.0.2.1');
    for (let time = 0; time <= index; time += 1) await present(site, secret, `198.51.100.${index + 1}`);
  }
  for (let guess = 0; guess < 150; guess += 1)
    await present(site, `kw_live_guess${guess}`, ATTACKER, organization);
  for (let time = 0; time < 20; time += 1) await present(site, old.secret, ATTACKER);
  expect(await present(site, leaked.secret, ATTACKER)).toBe(200);
  return { leaked, old };
}

async function revoke(site: Site, by: SitePerson, id: string): Promise<void> {
  await site.ask(by, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', { id });
}

/** Presents a secret as a gateway does for a client at this address; gives the status. */
async function present(site: Site, secret: string, address: string, query = ''): Promise<number> {
  const headers = { Authorization: `Bearer ${secret}`, 'X-Forwarded-For': address };
  return (await fetch(`${site.url}/verify${query}`, { headers })).status;
}

function row(page: Page, text: string) {
  return page.getByRole('row').filter({ hasText: text }).first();
}

function ranking(page: Page, title: string) {
  return page.getByRole('list', { name: title });
}
