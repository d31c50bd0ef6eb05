import { expect, test } from 'vitest';
import { eventually } from '../../support/wait.ts';
import { describeInChromium, hasFocus } from '../browser.ts';
import { accessibilityFaults, overflows } from '../looks.ts';
import { join } from '../people.ts';
import { startSite } from '../site.ts';

describeInChromium('disabling a key', () => {
  test('says who uses it, refuses it at once, and is taken back as easily', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Warehouse' });
    expect(await site.present(key.secret)).toBe(200);
    const [page, other] = [await site.signIn(ada), await site.signIn(ada)];
    await other.locator('[data-live=live]').waitFor();
    await page.goto(`${site.url}/keys/${key.id}`);
    await page.getByRole('button', { name: 'Disable' }).click();
    const question = page.getByRole('alertdialog', { name: 'Disable “Warehouse”?' });
    await question.getByText('Used 1 time in the last 24 hours').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    // The harmless answer has the focus.
    await hasFocus(page, 'button:text-is("Cancel")');
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'detached' });
    expect(await site.present(key.secret)).toBe(200);

    await page.getByRole('button', { name: 'Disable' }).click();
    await question.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('“Warehouse” is disabled').waitFor();
    expect(await site.present(key.secret)).toBe(401);
    await other.getByRole('row').filter({ hasText: 'Warehouse' }).getByText('Disabled').waitFor();

    await page.getByRole('button', { name: 'Enable' }).click();
    const back = page.getByRole('alertdialog', { name: 'Enable “Warehouse”?' });
    await back.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await back.getByRole('button', { name: 'Enable' }).click();
    await other.getByRole('row').filter({ hasText: 'Warehouse' }).getByText('Active').waitFor();
    expect(await site.present(key.secret)).toBe(200);

    // The form says it in a sentence.
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('checkbox', { name: 'Enabled' }).uncheck();
    await page
      .getByRole('list', { name: 'Changes' })
      .getByText('The key stops working immediately')
      .waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('“Warehouse” saved').waitFor();
    expect(await site.present(key.secret)).toBe(401);
  });

  test('is, like editing, offered to those who may, and with no more than they hold', async () => {
    const site = await startSite();
    const ada = await site.found();
    const own = await site.makeKey(ada, { name: 'Small', grants: ['api.key.view'] });
    const wide = await site.makeKey(ada, { name: 'Wide', grants: ['team.manage'] });
    const editors = { name: 'Editors', permissions: ['api.key.view', 'api.key.update', 'organization.view'] };
    const page = await site.signIn(await join(site, ada, 'eva@example.com', editors));
    await page.goto(`${site.url}/keys/${own.id}/edit`);
    await page.getByRole('checkbox', { name: 'api.key.view', exact: true }).waitFor();
    await expect.poll(() => page.getByRole('checkbox', { name: 'team.manage' }).isDisabled()).toBe(true);
    await page.goto(`${site.url}/keys/${wide.id}`);
    await page.getByText('permissions that you don’t have: team.manage').waitFor();
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Disable' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Rotate' }).count()).toBe(0);
    await page.goto(`${site.url}/keys/${wide.id}/edit`);
    await page.getByText('you also need team.manage').waitFor();

    const watchers = { name: 'Watchers', permissions: ['api.key.view'] };
    const other = await site.signIn(await join(site, ada, 'wil@example.com', watchers));
    await other.goto(`${site.url}/keys/${own.id}`);
    await other.getByRole('heading', { name: 'Small' }).waitFor();
    expect(await other.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    expect(await other.getByRole('button', { name: 'Disable' }).count()).toBe(0);
    await other.goto(`${site.url}/keys/${own.id}/edit`);
    await other.getByText('Page not found').waitFor();
  });

  test('tells the permissions that the viewer has lost since the form was opened', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Small' });
    const role = {
      name: 'Editors',
      permissions: ['api.key.view', 'api.key.update', 'organization.view', 'team.view'],
    };
    const page = await site.signIn(await join(site, ada, 'eva@example.com', role));
    await page.goto(`${site.url}/keys/${key.id}/edit`);
    await page.getByRole('button', { name: 'Manage Keywright' }).click();
    await page.getByRole('checkbox', { name: 'team.view', exact: true }).check();
    const { organization } = await site.ask(
      ada,
      'query ($id: ID!) { organization(id: $id) { roles { nodes { id name } } } }',
      { id: ada.organizationId },
    );
    const { id } = organization.roles.nodes.find(({ name }: { name: string }) => name === 'Editors');
    await site.ask(ada, 'mutation ($i: UpdateRoleInput!) { updateRole(input: $i) { __typename } }', {
      i: { id, permissions: role.permissions.slice(0, 3) },
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[data-group-error]', { hasText: 'team.view' }).waitFor();
  });

  test('is over with a revoked key', async () => {
    const site = await startSite();
    const ada = await site.found();
    const key = await site.makeKey(ada, { name: 'Warehouse' });
    const page = await site.signIn(ada);
    await page.goto(`${site.url}/keys/${key.id}`);
    await page.getByRole('link', { name: 'Edit' }).waitFor();
    await page.locator('[data-live=live]').waitFor();
    const revoke = 'mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { __typename } }';
    await site.ask(ada, revoke, { id: key.id });
    await eventually(async () => (await page.getByRole('link', { name: 'Edit' }).count()) === 0);
    expect(await page.getByRole('button', { name: 'Enable' }).count()).toBe(0);
    await page.goto(`${site.url}/keys/${key.id}/edit`);
    await page.getByText('It is revoked.').waitFor();
  });
});
