import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInChromium, hasFocus } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { join, makeRole, makeTeam } from './people.ts';
import { startSite } from './site.ts';

describeInChromium('roles and teams', () => {
  test('a change of a role says whom it touches, and counts at once in another browser', async () => {
    const site = await startSite();
    const ada = await site.found();
    const bob = await join(site, ada, 'bob@example.com', {
      name: 'Support',
      permissions: ['api.key.view', 'api.key.create', 'organization.view', 'team.view', 'role.view'],
    });
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Roles' }).click();
    await page.getByRole('link', { name: 'Support' }).click();
    await page.waitForURL('**/roles/role_*');
    const roleId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await site.makeKey(ada, { name: 'Billing', roleId, grants: ['api.key.view'] });
    const other = await site.signIn(bob);
    await other.locator('[data-live=live]').waitFor();
    expect(await other.getByRole('button', { name: 'Delete' }).count()).toBe(0);

    await page.getByRole('checkbox', { name: 'api.key.view' }).uncheck();
    await page.getByRole('checkbox', { name: 'audit.view' }).check();
    await page.getByRole('heading', { name: 'Effect of saving' }).waitFor();
    const gained = page.getByRole('list', { name: 'Gained' });
    await expect.poll(() => gained.textContent()).toBe('+ audit.view');
    await expect.poll(() => page.getByRole('list', { name: 'Lost' }).textContent()).toBe('− api.key.view');
    await page.getByRole('list', { name: 'Members with this role' }).getByText(bob.email).waitFor();
    await page.reload();
    // Nothing was saved.
    await expect.poll(() => page.getByRole('checkbox', { name: 'api.key.view' }).isChecked()).toBe(true);
    await page.getByRole('checkbox', { name: 'api.key.view' }).uncheck();
    await page.getByRole('checkbox', { name: 'team.manage' }).check();
    const keys = page.getByRole('list', { name: 'Keys with this role' });
    await keys.getByText('Billing').waitFor();
    await expect.poll(() => keys.textContent()).toContain('keeps its directly granted permissions');
    await page
      .getByText(/^Changes Permissions\. Immediately, 1 key and 1 member gain 1 permission/)
      .waitFor();
    expect(await overflows(page)).toEqual([]);
    await page.evaluate('scrollTo(0, 0)');
    await screenshots(page, 'role');
    await page.getByRole('link', { name: 'All roles' }).click();
    await page.getByRole('alertdialog', { name: 'Leave without saving?' }).waitFor();
    await page.keyboard.press('Escape');
    // Somebody else changes another part: saving leaves it as it is.
    const rename = 'mutation ($i: UpdateRoleInput!) { updateRole(input: $i) { __typename } }';
    await site.ask(ada, rename, { i: { id: roleId, description: 'Answers questions' } });
    await page.getByRole('textbox', { name: 'Name' }).fill('Support, level 2');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Support, level 2' }).waitFor();
    await page.getByText('No changes yet.').waitFor();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Description' }).inputValue())
      .toBe('Answers questions');

    await other.getByRole('navigation').getByRole('link', { name: 'Keys' }).waitFor({ state: 'detached' });
    await other.getByText('Billing').waitFor({ state: 'detached' });
    // What was gained is there, too.
    await other.getByRole('link', { name: 'Teams' }).click();
    await other.getByRole('button', { name: 'Create team' }).first().waitFor();

    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog', { name: 'The role Support, level 2 is in use' }).waitFor();
    await expect
      .poll(() => page.getByRole('alertdialog').getByRole('button').allTextContents())
      .toEqual(['Close']);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('roles are made of what the viewer holds, by keyboard alone', async () => {
    const site = await startSite();
    const ada = await site.found();
    const lin = await join(site, ada, 'lin@example.com', {
      name: 'Lead',
      permissions: ['organization.view', 'role.*', 'api.key.view'],
    });
    const page = await site.signIn(lin);
    await page.goto(`${site.url}/roles`);
    await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Create role' }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Name' }).focus();
    await page.keyboard.type('Lead');
    await expect.poll(() => page.getByRole('checkbox', { name: 'api.key.create' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'api.key.view' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('textbox', { name: 'Name' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByRole('link', { name: /already exists/ })
      .waitFor();
    await hasFocus(page, '[aria-invalid]');
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid'))
      .toBe('true');
    await page.getByRole('textbox', { name: 'Name' }).fill('Readers');
    await page.getByLabel('Custom permission').fill('invoices.read');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Create role' }).click();
    await page
      .getByRole('alert')
      .getByText(/invoices\.read/)
      .waitFor();
    await page.getByRole('button', { name: 'Remove invoices.read' }).click();
    await page.getByRole('button', { name: 'Create role' }).click();
    await row(page, 'Readers').waitFor();

    await page.getByRole('link', { name: 'owner' }).click();
    await page.getByText('This role is built in').waitFor();
    expect(await page.getByRole('button', { name: /Save|Delete/ }).count()).toBe(0);
    await expect.poll(() => page.getByRole('checkbox', { name: 'Everything' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'All roles' }).click();
    await page.getByRole('link', { name: 'Readers' }).click();
    // Its deletion is not asked about twice.
    await page.getByRole('textbox', { name: 'Description' }).fill('Reads');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Roles', level: 1 }).waitFor();
    await row(page, 'Readers').waitFor({ state: 'detached' });
    expect(await page.getByRole('alertdialog').count()).toBe(0);
  });

  test('teams are made, renamed, and deleted where no key is bound to them', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByRole('heading', { name: 'No teams yet' }).waitFor();
    for (const name of ['Billing', 'Search']) {
      await page.getByRole('button', { name: 'Create team' }).first().click();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.keyboard.press('Enter');
      await row(page, name).waitFor();
      // The row may come before the answer that closes the dialog.
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await act(page, 'Search', 'Rename');
    await page.getByRole('textbox', { name: 'Name' }).fill('billing');
    await page.keyboard.press('Enter');
    await page.getByText('A team with this name already exists').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Discovery');
    await page.keyboard.press('Enter');
    await row(page, 'Discovery').waitFor();
    const teamId = (await row(page, 'Billing').getAttribute('data-row')) ?? '';
    await site.makeKey(ada, { name: 'Invoices', teamIds: [teamId] });
    await act(page, 'Billing', 'Delete');
    const question = page.getByRole('alertdialog');
    await question.getByText('Invoices').waitFor();
    await expect.poll(() => question.getByRole('button').allTextContents()).toEqual(['Close']);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await act(page, 'Discovery', 'Delete');
    await question.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await question.getByRole('button', { name: 'Delete' }).click();
    await row(page, 'Discovery').waitFor({ state: 'detached' });
    await expect.poll(() => row(page, 'Billing').count()).toBe(1);
  });

  test('can be used by everybody, in both themes and at every width', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/roles`);
    await page.getByRole('heading', { name: 'No custom roles yet' }).waitFor();
    const roleId = await makeRole(site, ada, {
      name: 'Invoices, reading only',
      permissions: ['api.key.view', 'audit.view', 'invoices.read', 'reports.*'],
    });
    await makeTeam(site, ada, 'Billing');
    await makeTeam(site, ada, 'Search and discovery');
    for (const [path, shown, name] of [
      ['roles', 'Invoices, reading only', 'roles'],
      [`roles/${roleId}`, 'invoices.read', null],
      ['roles/new', 'Create API keys', null],
      ['teams', 'Search and discovery', 'teams'],
    ] as const) {
      await page.goto(`${site.url}/${path}`);
      await page.getByText(shown).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflows(page)).toEqual([]);
      if (name) await screenshots(page, name);
    }
  });
});

function row(page: Page, text: string) {
  return page.locator('tr[data-row]').filter({ hasText: text });
}

async function act(page: Page, team: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${team}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}
