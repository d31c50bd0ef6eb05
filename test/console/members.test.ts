import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, openBrowser } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { invite, join, makeRole, makeTeam } from './people.ts';
import { startSite } from './site.ts';

describeInChromium('the members of an organization', () => {
  test('are invited by a link that is shown once, changed, and removed', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('heading', { name: 'No other members yet' }).waitFor();
    await page.getByRole('button', { name: 'Invite member' }).first().click();
    await page.getByLabel('E-mail').fill('bob');
    await page.getByLabel('Role').selectOption('Admin');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText('must be an e-mail address').waitFor();
    await expect.poll(() => page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('E-mail').fill('bob@example.com');
    await page.keyboard.press('Enter');
    const link = (await page.locator('[data-once]').textContent()) ?? '';
    expect(link).toContain('/sign-in#token=');

    await page.keyboard.press('Escape');
    await page.getByText('You have not copied the link yet').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await row(page, 'bob@example.com').getByText('Invited').waitFor();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(link);
    const token = link.slice(link.indexOf('token=') + 6);
    await expect.poll(() => page.content()).not.toContain(token);

    const guest = await openBrowser();
    await guest.goto(link);
    await guest.getByText('Sign in as bob@example.com to Acme?').waitFor();
    await guest.getByRole('button', { name: 'Sign in' }).click();
    await guest.waitForURL(`${site.url}/o/acme/*`);
    // An admin sees people, and can’t manage them.
    await guest.getByRole('link', { name: 'Members' }).click();
    await row(guest, 'bob@example.com').getByText('You').waitFor();
    expect(await guest.getByRole('button', { name: /Invite|Actions/ }).count()).toBe(0);
    expect(await guest.getByRole('link', { name: 'Settings' }).count()).toBe(0);

    await page.reload();
    await act(page, 'bob@example.com', 'Change role and teams');
    await page.getByLabel('Role').selectOption('Member');
    await page.getByRole('button', { name: 'Save' }).click();
    await row(page, 'bob@example.com').getByRole('cell', { name: 'Member', exact: true }).waitFor();
    await act(page, 'bob@example.com', 'Remove from the organization');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row(page, 'bob@example.com').waitFor({ state: 'detached' });
    await guest.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  });

  test('keep their last owner, and get no more than who gives it holds', async () => {
    const site = await startSite();
    const ada = await site.found();
    const lead = await join(site, ada, 'lin@example.com', {
      name: 'Lead',
      permissions: ['organization.view', 'member.*', 'role.view', 'api.key.view'],
    });
    const helper = await makeRole(site, ada, { name: 'Helper', permissions: ['api.key.view'] });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/members`);
    await act(page, ada.email, 'Change role and teams');
    await page.getByText('This is you').waitFor();
    await page.getByLabel('Role').selectOption('Member');
    await page.getByRole('button', { name: 'Save' }).click();
    const role = page.getByLabel('Role');
    await page.getByText(/last owner/i).waitFor();
    await expect.poll(() => role.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await act(page, ada.email, 'Remove from the organization');
    await page.getByRole('alertdialog').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/last owner/i)
      .waitFor();

    const other = await site.signIn(lead);
    // Nothing is told live.
    await other.routeWebSocket('**/graphql', () => {});
    await other.goto(`${site.url}/members`);
    await row(other, lead.email).waitFor();
    // Somebody who may do more is out of reach, and so are roles that hold more.
    expect(await other.getByRole('button', { name: `Actions for ${ada.email}` }).count()).toBe(0);
    await other.getByRole('button', { name: 'Invite member' }).click();
    await other
      .getByRole('option', { name: 'owner (has permissions you don’t have)' })
      .waitFor({ state: 'attached' });
    await expect.poll(() => other.getByRole('option', { name: 'owner' }).isDisabled()).toBe(true);
    // A role that grew meanwhile, which the page has not heard of, is refused by the server, at its field.
    await other.getByLabel('E-mail').fill('max@example.com');
    await other.getByLabel('Role').selectOption('Helper');
    await site.ask(
      ada,
      `mutation ($id: ID!) { updateRole(input: { id: $id, permissions: ["*"] }) { __typename } }`,
      {
        id: helper,
      },
    );
    await other.getByRole('button', { name: 'Invite', exact: true }).click();
    await other.getByText("You can't grant permissions you don't have").waitFor();
    await expect.poll(() => other.getByLabel('Role').getAttribute('aria-invalid')).toBe('true');
  });

  test('of one organization never appear in another', async () => {
    const site = await startSite();
    const ada = await site.found('Acme');
    const globex = await site.found('Globex', 'gus@globex.example');
    await makeTeam(site, globex, 'Globex secrets');
    await join(site, globex, 'gil@globex.example', { name: 'Globex role', permissions: ['team.view'] });
    const both = await join(site, globex, ada.email, {
      name: 'Guest',
      permissions: ['organization.view', 'team.view'],
    });
    const page = await site.signIn(both);
    for (const view of ['members', 'roles', 'teams', 'audit', 'settings']) {
      await page.goto(`${site.url}/o/acme/${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.getByRole('main').textContent()).not.toMatch(/globex/i);
    }
    await page.getByRole('button', { name: /Organization:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Globex' }).click();
    await page.waitForURL(`${site.url}/o/globex/*`);
    // There she may see the organization and its teams, and nothing of keys.
    await expect
      .poll(() => page.getByRole('navigation').getByRole('link').allTextContents())
      .toEqual(['Overview', 'Teams']);
    await page.getByRole('heading', { name: 'Connected verifiers' }).waitFor();
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByText('Globex secrets').waitFor();

    const stranger = await site.signIn(globex);
    await stranger.goto(`${site.url}/o/acme/members`);
    await stranger.getByRole('heading', { name: 'Organization not found' }).waitFor();
    expect(await stranger.content()).not.toContain(ada.email);
  });

  test('are listed for everybody, in both themes and at every width', async () => {
    const site = await startSite();
    const ada = await site.found();
    await makeTeam(site, ada, 'Billing');
    await join(site, ada, 'a.person.with.a.long.address@department.example.com', {
      name: 'Support, second line',
      permissions: ['organization.view', 'team.view'],
    });
    const roleId = await makeRole(site, ada, { name: 'Auditor', permissions: ['audit.view'] });
    await invite(site, ada, 'grace@example.com', roleId);
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/members`);
    await row(page, 'grace@example.com').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'people');
    await page.getByRole('button', { name: 'Invite member' }).click();
    await page.getByLabel('Role').selectOption('Admin');
    await page.getByRole('checkbox', { name: 'Billing' }).check();
    expect(await accessibilityFaults(page)).toEqual([]);
    await screenshots(page, 'invite');
  });
});

function row(page: Page, text: string) {
  return page.locator('tr[data-row]').filter({ hasText: text });
}

async function act(page: Page, email: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${email}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}
