import { execFile } from 'node:child_process';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { spikeOf } from '../../console/src/features/overview/attention.ts';
import { createVerifier } from '../../packages/verifier/src/index.ts';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { enliven } from './lively.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { invite, join, makeRole } from './people.ts';
import { startSite } from './site.ts';

const HOUR_MS = 3_600_000;

test('a spike is four times as many denials as usual, and at least 20', () => {
  const at = Date.UTC(2030, 4, 17, 14, 5);
  const hours = (denied: readonly number[]) =>
    denied.map((count, ago) => ({
      start: new Date(Math.floor(at / HOUR_MS) * HOUR_MS - ago * HOUR_MS).toISOString(),
      verified: 0,
      denied: count,
    }));
  const before = Array.from({ length: 22 }, () => 10);
  expect(spikeOf([], at)).toBeNull();
  expect(spikeOf(hours([0, 19]), at)).toBeNull();
  expect(spikeOf(hours([20]), at)).toEqual({ recent: 20, usual: 0 });
  // The hour that has just begun counts together with the one before.
  expect(spikeOf(hours([1, 79, ...before]), at)).toEqual({ recent: 80, usual: 20 });
  expect(spikeOf(hours([1, 78, ...before]), at)).toBeNull();
  // Neither yesterday nor a server whose clock is ahead changes what is usual.
  expect(spikeOf([...hours([30, 30]), ...hours(Array.from({ length: 90 }, () => 0))], at)?.recent).toBe(60);
});

describeInChromium('the overview', () => {
  test('leads from an empty organization to a protected API, each step ticked as it happens', async () => {
    const site = await startSite({ VERIFY_PORT: 'off' });
    const ada = await site.found();
    const page = await site.signInAtHome(ada);
    expect(new URL(page.url()).pathname).toBe('/o/acme/overview');
    await page.getByText('0 of 4 done').waitFor();
    await page.getByText('Nothing needs attention').waitFor();
    await page.getByText('No key was presented in the last 24 hours.').waitFor();
    await page.getByText('No verifier is connected').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'overview-empty');

    const { secret } = await site.makeKey(ada, { name: 'Billing', grants: ['api.key.verify'] });
    await isDone(page, 'create');
    const command = (await page.locator('[data-step=verify] pre').textContent()) ?? '';
    // A secret that doesn't exist ticks nothing.
    expect(await runWith(command, 'kw_live_made-up')).toMatch(/401/);
    expect(await runWith(command, secret)).toMatch(/HTTP\/1\.1 200/);
    await isDone(page, 'verify');
    expect(await page.locator('[data-step=protect]').getAttribute('data-done')).toBe('false');
    await page.getByText('2 of 4 done').waitFor();

    const verifier = createVerifier({ url: site.url, token: secret, name: 'Orders API' });
    onTestFinished(() => verifier.stop());
    await verifier.ready();
    await isDone(page, 'protect');
    await page.getByText('Orders API').waitFor();
    await verifier.stop();
    // Nothing is claimed that is no longer so.
    await page.locator('[data-step=protect][data-done=false]').waitFor();
    await page.getByRole('button', { name: 'My gateway rejects requests without a key' }).click();
    await isDone(page, 'protect');
    await page.getByText('3 of 4 done').waitFor();

    await invite(
      site,
      ada,
      'bob@example.com',
      await makeRole(site, ada, { name: 'Support', permissions: [] }),
    );
    await isDone(page, 'invite');
    await page.getByText('All steps are done').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('list', { name: 'Latest changes' }).getByText('Billing').waitFor();
    await page.reload();
    await page.getByText('Nothing needs attention').waitFor();
    expect(await page.getByText('Get started').count()).toBe(0);
  });

  test('keeps a checklist that was dismissed away, by keyboard', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signInAtHome(ada, { width: 360 });
    const step = page.getByRole('button', { name: /^Protect an API/ });
    await step.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Keywright can’t tell a gateway from curl').waitFor();
    await page.getByRole('button', { name: 'Dismiss the checklist' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Get started').waitFor({ state: 'detached' });
    await page.reload();
    await page.getByText('Nothing needs attention').waitFor();
    expect(await page.getByText('Get started').count()).toBe(0);
  });

  test('shows use, problems and changes of a lively organization, each with a way to them', async () => {
    const site = await startSite();
    const ada = await site.found();
    const [checkout, , warehouse] = await enliven(site, ada, 60);
    await site.ask(
      ada,
      'mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }',
      { input: { id: ada.organizationId, rotationPolicy: { liveDays: 90 } } },
    );
    const page = await site.signInAtHome(ada);
    await page.getByRole('slider', { name: 'Verifications of all keys in the last 24 hours' }).waitFor();
    expect(await page.getByText('Get started').count()).toBe(0);
    const top = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Most used keys' }) });
    await expect.poll(() => top.getByRole('listitem').count()).toBe(5);
    const soon = page.locator('[data-problem=expiring]');
    await expect.poll(() => soon.textContent()).toMatch(/^\d+ keys? expires? within 7 days$/);
    await page.locator('[data-problem=overdue]').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'overview');

    for (const label of ['7 d', '30 d']) {
      await page.getByRole('button', { name: label, exact: true }).click();
      await page.getByRole('slider', { name: `in the last ${label.replace(' d', ' days')}` }).waitFor();
    }
    await expect.poll(() => new URL(page.url()).search).toBe('?range=30d');
    await page.reload();
    await page.getByRole('slider', { name: 'in the last 30 days' }).waitFor();

    // Changes of others appear at once, in sentences.
    await site.ask(ada, 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }', {
      id: warehouse?.id,
    });
    await page
      .getByRole('list', { name: 'Latest changes' })
      .getByText('Ada revoked the key Warehouse sync')
      .waitFor();

    await page.getByRole('list', { name: 'Latest changes' }).getByRole('link').first().click();
    await page.waitForURL('**/audit/*');
    await page.getByRole('table', { name: 'What was changed' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();

    const count = Number(/\d+/.exec((await soon.textContent()) ?? '')?.[0]);
    await soon.click();
    await page.waitForURL('**/keys?show=expiring');
    await expect.poll(() => page.locator('tr[data-row]').count()).toBe(count);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: checkout?.name ?? '', exact: true }).click();
    await page.waitForURL(`**/keys/${checkout?.id}`);
  });

  test('reports a spike of denials', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { secret } = await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signInAtHome(ada);
    await page.getByText('Nothing needs attention').waitFor();
    for (let count = 0; count < 25; count += 1) await site.present(secret, '?permission=prompt.render');
    const spike = page.locator('[data-problem=spike]');
    await expect
      .poll(() => spike.textContent())
      .toMatch(/^25 verifications denied in the last 2 hours, usually 0$/);
    await spike.click();
    await page.getByRole('heading', { name: 'Security' }).waitFor();
  });

  test('shows viewers what they may see', async () => {
    const site = await startSite();
    const ada = await site.found();
    const stranger = await site.found('Rival', 'eve@example.org');
    const [{ id, secret }, theirs] = await Promise.all([
      site.makeKey(ada, { name: 'Checkout' }),
      site.makeKey(stranger, { name: 'Theirs' }),
    ]);
    for (const one of [secret, theirs.secret]) expect(await site.present(one)).toBe(200);
    const bob = await join(site, ada, 'bob@example.com', {
      name: 'Reader',
      permissions: ['api.key.view', 'organization.view'],
    });
    const page = await site.signInAtHome(bob);
    await page.getByText('1 accepted').waitFor();
    await page.getByRole('link', { name: 'Checkout' }).waitFor();
    expect(await page.getByText('Get started').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Create key' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    await page.getByText('Changes of keys appear here as they happen.').waitFor();
    await page.locator('[data-live=live]').waitFor();
    const revoke = 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }';
    await site.ask(stranger, revoke, { id: theirs.id });
    await site.ask(ada, revoke, { id });
    const changes = page.getByRole('list', { name: 'Latest changes' });
    await expect.poll(() => changes.textContent()).toMatch(/^Ada revoked the key Checkout/);
    expect(await page.getByText('Theirs').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);

    // Of keys nothing, and nobody to see them.
    const eve = await join(site, ada, 'eve@example.com', {
      name: 'Clerk',
      permissions: ['organization.view'],
    });
    const clerk = await site.signInAtHome(eve);
    await clerk.getByRole('heading', { name: 'Connected verifiers' }).waitFor();
    for (const heading of ['Verifications', 'Needs attention', 'Latest changes', 'Get started'])
      expect(await clerk.getByRole('heading', { name: heading, exact: true }).count(), heading).toBe(0);
    // Without either, home is the first view that may be seen.
    const mallory = await join(site, ada, 'mallory@example.com', {
      name: 'HR',
      permissions: ['member.view'],
    });
    const staff = await site.signInAtHome(mallory);
    expect(new URL(staff.url()).pathname).toBe('/o/acme/members');
  });

  test('goes on after a restart of the server, with what happened meanwhile', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signInAtHome(ada);
    await page.getByText('0 of 4 done').waitFor();
    await page.locator('[data-live=live]').waitFor();
    await site.stop();
    await page.locator('[data-live=reconnecting]').waitFor();
    await site.start();
    const { secret } = await site.makeKey(ada, { name: 'Billing' });
    expect(await site.present(secret)).toBe(200);
    await page.locator('[data-live=caught-up], [data-live=live]').waitFor();
    await isDone(page, 'create');
    await isDone(page, 'verify');
    await page.getByRole('list', { name: 'Latest changes' }).getByText('Billing').waitFor();
    await page.getByText('1 accepted').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

async function isDone(page: Page, step: string): Promise<void> {
  await page.locator(`[data-step=${step}][data-done=true]`).waitFor();
}

/** Pastes a command into a shell, and answers its question. */
async function runWith(command: string, answer: string): Promise<string> {
  let output = '';
  await eventually(async () => {
    output = await new Promise<string>((resolve, reject) => {
      const child = execFile('bash', ['-c', command], (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
      child.stdin?.end(`${answer}\n`);
    });
    return output.length > 0;
  });
  return output;
}
