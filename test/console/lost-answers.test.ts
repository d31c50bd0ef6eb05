import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { startSite } from './site.ts';

/** Loses the first response to this mutation, once the server has sent it. Records the inputs of all requests for it. */
async function loseFirst(page: Page, mutation: string) {
  const inputs: { readonly idempotencyKey: string }[] = [];
  const inputOf = (request: Request) => {
    const { query, variables } = request.postDataJSON() as { query: string; variables: { input: never } };
    return query.includes(`${mutation}(`) ? variables.input : null;
  };
  await page.route('**/graphql', async (route) => {
    const input = inputOf(route.request());
    if (!input) return route.continue();
    inputs.push(input);
    if (inputs.length > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  return inputs;
}

const LOST = 'The server is not responding. Try again: the request can be repeated safely.';

describeInChromium('submitting a form again after its response was lost', () => {
  test('shows the secret of the key that was created, and changed input is a new request', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    const inputs = await loseFirst(page, 'createApiKey');
    await page.goto(`${site.url}/keys/new`);
    await page.getByLabel('Name', { exact: true }).fill('Deploy');
    await page.getByLabel('Expiry').selectOption('In 30 days');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText(LOST).waitFor();
    await page.getByRole('button', { name: 'Create key' }).click();
    const dialog = page.getByRole('dialog', { name: 'API key created' });
    const secret = (await dialog.locator('code').first().textContent()) ?? '';
    expect(await site.present(secret)).toBe(200);
    expect(inputs[0]?.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
    expect(inputs[1]).toEqual(inputs[0]);
    const names = async () =>
      (await site.ask(ada, '{ apiKeys { nodes { name } } }')).apiKeys.nodes.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names()).toEqual(['Deploy']);

    inputs.length = 0;
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await page.goto(`${site.url}/keys/new`);
    await page.getByLabel('Name', { exact: true }).fill('Build');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText(LOST).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Build 2');
    await page.getByRole('button', { name: 'Create key' }).click();
    await dialog.waitFor();
    expect(inputs[1]?.idempotencyKey).not.toBe(inputs[0]?.idempotencyKey);
    expect((await names()).toSorted()).toEqual(['Build', 'Build 2', 'Deploy']);
  });

  test('shows the new secret of a key that was rotated', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { id } = await site.makeKey(ada, { name: 'Deploy' });
    const page = await site.signIn(ada);
    let received = '';
    page.on('response', async (response) => {
      if (response.url().endsWith('/graphql')) received += await response.text().catch(() => '');
    });
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        received += payload;
      }),
    );
    const inputs = await loseFirst(page, 'rotateApiKey');
    await page.goto(`${site.url}/keys/${id}/rotate`);
    await page.getByRole('button', { name: 'Create the new secret' }).click();
    await page.getByText(LOST).waitFor();
    // The page learns of the second secret from elsewhere, and keeps the form nevertheless.
    await eventually(() => received.includes('RETIRING'));
    await page.evaluate(
      'new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))',
    );
    await page.getByRole('button', { name: 'Create the new secret' }).click();
    const dialog = page.getByRole('dialog', { name: 'The new secret' });
    const secret = (await dialog.locator('code').textContent()) ?? '';
    expect(await site.present(secret)).toBe(200);
    expect(inputs[1]).toEqual(inputs[0]);
    const { apiKey } = await site.ask(ada, 'query ($id: ID!) { apiKey(id: $id) { secrets { status } } }', {
      id,
    });
    expect(apiKey.secrets).toHaveLength(2);
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByText('Monitor the switchover').waitFor();
  });

  test('shows the link of the person who was invited', async () => {
    const site = await startSite();
    const ada = await site.found();
    const page = await site.signIn(ada);
    const inputs = await loseFirst(page, 'inviteMember');
    await page.goto(`${site.url}/members`);
    await page.getByRole('button', { name: 'Invite member' }).first().click();
    await page.getByLabel('E-mail').fill('bob@example.com');
    await page.getByLabel('Role').selectOption('Member');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await page.getByText(LOST).waitFor();
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = (await page.locator('[data-once]').textContent()) ?? '';
    expect(inputs[1]).toEqual(inputs[0]);
    const { organization } = await site.ask(
      ada,
      '{ organization { auditLog(filter: { actions: ["member.invited"] }) { nodes { id } } } }',
    );
    expect(organization.auditLog.nodes).toHaveLength(1);
    const token = link.slice(link.indexOf('token=') + 6);
    const { signInLink } = await site.ask(ada, 'query ($t: String!) { signInLink(token: $t) { email } }', {
      t: token,
    });
    expect(signInLink).toEqual({ email: 'bob@example.com' });
  });
});
