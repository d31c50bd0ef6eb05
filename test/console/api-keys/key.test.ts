import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../../support/wait.ts';
import { describeInChromium } from '../browser.ts';
import { enliven } from '../lively.ts';
import { accessibilityFaults, overflows, screenshots } from '../looks.ts';
import { type Site, startSite } from '../site.ts';

describeInChromium('the page of a key', () => {
  test('says what the key is, and what it may do by what', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { organization } = await site.ask(
      ada,
      `query ($id: ID!) { organization(id: $id) { roles { nodes { id name } } } }`,
      { id: ada.organizationId },
    );
    const roleId = organization.roles.nodes.find((role: { name: string }) => role.name === 'member').id;
    await site.makeKey(ada, {
      name: 'Warehouse',
      description: 'Syncs the stock',
      roleId,
      grants: ['api.key.view', 'api.key.verify'],
      ipAllowlist: ['10.0.0.0/8'],
      rateLimit: { limit: 100, windowSeconds: 60 },
      externalId: 'customer-7',
      metadata: { region: 'eu' },
    });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Warehouse' }).click();
    await page.getByRole('heading', { name: 'Warehouse' }).waitFor();
    for (const fact of [
      'Syncs the stock',
      '10.0.0.0/8',
      '100 uses in 1 minute',
      'customer-7',
      '"region": "eu"',
    ])
      await page.getByText(fact).first().waitFor();
    const ofRole = page.getByRole('region', { name: 'From the role Member' });
    const both = ofRole.getByRole('listitem').filter({ hasText: 'View API keys' });
    await both.getByText('Also granted directly').waitFor();
    await expect.poll(() => ofRole.getByRole('listitem').count()).toBe(3);
    const granted = page.getByRole('region', { name: 'Granted directly', exact: true }).getByRole('listitem');
    await expect.poll(() => granted.allTextContents()).toEqual(['api.key.verifyVerify API keys']);
    await page.getByRole('heading', { name: 'Effective permissions' }).waitFor();
    const created = page.getByRole('list', { name: 'Changes' }).getByRole('button');
    await expect.poll(() => created.textContent()).toMatch(/^Ada created the key Warehouse/);
    await created.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'What was changed' }).getByText('Syncs the stock').waitFor();
    await page.getByRole('button', { name: 'Copy ID' }).click();
    await page.getByText('Copied ID of the key').waitFor();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toMatch(/^key_/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
  });

  test('shows uses, denials and changes as they happen', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing', ipAllowlist: ['127.0.0.1/32'] });
    const page = await openKey(site, ada, key.id);
    await page.getByText('0 accepted').waitFor();
    await page.getByText('Never used').first().waitFor();
    await page.getByText('None in the last 30 days.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await site.present(key.secret)).toBe(200);
    await page.getByText('1 accepted').waitFor();
    await page.locator('[data-secret]').getByText('1 use').waitFor();
    expect(await site.present(key.secret, '?permission=prompt.render')).toBe(403);
    await page.getByText('Permission missing').waitFor();
    await page.getByText('1 denied').waitFor();
    await site.ask(
      ada,
      `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { __typename } }`,
      {
        input: { id: key.id, name: 'Invoices', enabled: false },
      },
    );
    await page.getByRole('heading', { name: 'Invoices' }).waitFor();
    await page.getByText('Disabled').first().waitFor();
    await page.getByRole('list', { name: 'Changes' }).getByText('changed the').first().waitFor();
    for (const range of ['1 h', '7 d', '30 d', '90 d', '24 h']) {
      await page.getByRole('button', { name: range, exact: true }).click();
      await page.getByText('1 accepted').waitFor();
    }
    // Denials are kept, and those of now follow those of before.
    await page.reload();
    await page.getByText('Permission missing').waitFor();
    await page.locator('[data-live=live]').waitFor();
    expect(await site.present(key.secret)).toBe(401);
    const denials = page.getByRole('region', { name: 'Denied verifications' }).getByRole('listitem');
    await expect.poll(() => denials.count()).toBe(2);
    await expect.poll(async () => (await denials.allTextContents())[0]).toMatch(/^Disabled/);
    await site.stop();
    await page.locator('[data-live=reconnecting]').waitFor();
    await site.start();
    expect(await site.present(key.secret)).toBe(401);
    await page.locator('[data-live=caught-up], [data-live=live]').waitFor();
    await expect
      .poll(async () => (await denials.allTextContents()).join())
      .toMatch(/Disabled.*(× 2|Disabled)/);
  });

  test('can be used by everybody, in both themes and at every width', async () => {
    const site = await startSite();
    const ada = await site.found();
    const [checkout] = await enliven(site, ada, 11);
    const page = await openKey(site, ada, checkout?.id ?? '');
    // What is refused before the page listens is not told again.
    await eventually(async () => {
      await site.present(checkout?.secret ?? '', '?permission=prompt.render');
      return page.getByText('Permission missing').first().isVisible();
    });
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'key');
  });

  test('is of no other organization’s key', async () => {
    const site = await startSite();
    const [ada, eve] = [await site.found(), await site.found('Rival', 'eve@example.com')];
    const key = await site.makeKey(ada, { name: 'Billing' });
    const page = await site.signIn(eve);
    await page.goto(`${site.url}/keys/${key.id}`);
    await page.getByText('Key not found').waitFor();
    await page.goto(`${site.url}/o/acme/keys`);
    await page.getByText('Organization not found').waitFor();
    expect(await page.getByText('Billing').count()).toBe(0);
  });
});

describeInChromium('a rotation', () => {
  test('goes from one secret to the other while both are watched', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing' });
    const page = await openKey(site, ada, key.id);
    await page.getByRole('link', { name: 'Rotate' }).click();
    await page.getByRole('combobox').selectOption('7 days');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create the new secret' }).click();
    const dialog = page.getByRole('dialog');
    const secret = (await dialog.locator('code').first().textContent()) ?? '';
    expect(secret).toMatch(/^kw_live_/);
    expect(await accessibilityFaults(page)).toEqual([]);
    // Leaving without a copy is asked about.
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', { name: 'Close without a copy?' }).waitFor();
    await page.getByRole('button', { name: 'Back to the secret' }).click();
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await eventually(async () => !(await page.content()).includes(secret));
    await page.getByText('The key has not been used since the rotation began.').waitFor();
    await page.getByText(/^Both secrets are accepted for another 7 days, until /).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await present(site, key.secret, 3);
    await page.locator('[data-share="100"]').waitFor();
    await page.getByText('Still in use').waitFor();
    await present(site, secret, 1);
    await page.locator('[data-share="75"]').waitFor();
    await page.getByText('1 with the new secret').waitFor();
    await page.getByText('3 with the old secret').waitFor();
    // The uses are those that the server has stored: whoever comes later sees the same.
    await site.stop();
    await site.start();
    const later = await openKey(site, ada, key.id);
    const banner = later.getByRole('region', { name: 'Rotation' });
    await banner.getByText('75% of its uses since then are still with the old secret').waitFor();
    await banner.getByText(/^Both secrets are accepted for another 7 days, until .* Then requests/).waitFor();
    expect(await accessibilityFaults(later)).toEqual([]);
    expect(await overflows(later)).toEqual([]);
    await screenshots(later, 'key-in-rotation');
    await banner.getByRole('link', { name: 'Open the rotation' }).click();
    await later.locator('[data-share="75"]').waitFor();
    const chart = later.getByRole('slider', { name: 'Uses of the new and the old secret' });
    await chart.focus();
    await later.keyboard.press('End');
    await expect
      .poll(() => later.locator('[data-tooltip]').textContent())
      .toMatch(/with the old secret.*with the new secret/);
    await page.locator('[data-live=caught-up], [data-live=live]').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'rotate');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('alertdialog', { name: 'The old secret is still in use' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke anyway' }).click();
    await page.getByText(/revoked on 1 of 1 node after .* ms/).waitFor();
    await later.goto(`${site.url}/keys/${key.id}`);
    await later.getByRole('heading', { name: 'Secrets' }).waitFor();
    expect(await banner.count()).toBe(0);
    expect([await site.present(key.secret), await site.present(secret)]).toEqual([401, 200]);
  });

  test('leaves the new secret nowhere but on the screen', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing' });
    const page = await openKey(site, ada, key.id);
    await page.goto(`${page.url()}/rotate`);
    await page.getByRole('button', { name: 'Create the new secret' }).click();
    const secret = (await page.getByRole('dialog').locator('code').first().textContent()) ?? '';
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('heading', { name: 'New secret' }).waitFor();
    const kept = (await page.evaluate(
      `JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie, history.state])`,
    )) as string;
    expect(kept + (await page.content())).not.toContain(secret);
  });

  test('is not offered to whoever may not', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Billing' });
    const { organization } = await site.ask(
      ada,
      `query ($id: ID!) { organization(id: $id) { roles { nodes { id name } } } }`,
      { id: ada.organizationId },
    );
    const roleId = organization.roles.nodes.find((role: { name: string }) => role.name === 'member').id;
    const { inviteMember } = await site.ask(
      ada,
      `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { ... on InviteMemberPayload { signInUrl } } }`,
      { input: { organizationId: ada.organizationId, email: 'bob@example.com', roleId } },
    );
    expect(inviteMember.signInUrl).toContain('#token=');
    const page = await site.signIn({ email: 'bob@example.com' });
    await page.goto(`${site.url}/keys/${key.id}`);
    await page.getByRole('heading', { name: 'Billing' }).waitFor();
    expect(await page.getByRole('link', { name: 'Rotate' }).count()).toBe(0);
    expect(await page.getByRole('heading', { name: 'Changes' }).count()).toBe(0);
    await page.goto(`${site.url}/keys/${key.id}/rotate`);
    await page.getByText('Page not found').waitFor();
  });
});

async function openKey(site: Site, person: { email: string }, id: string): Promise<Page> {
  const page = await site.signIn(person);
  await page.goto(`${site.url}/keys/${id}`);
  await page.locator('[data-live=live]').waitFor();
  return page;
}

async function present(site: Site, secret: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) expect(await site.present(secret)).toBe(200);
}
