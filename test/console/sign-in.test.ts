import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { describeInChromium, openBrowser } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';
import { invite, makeRole } from './people.ts';
import { type Site, startSite } from './site.ts';

describeInChromium('the sign-in page', () => {
  const button = (page: Page) => page.getByRole('button', { name: 'Sign in' });

  /** A page elsewhere that leads whoever opens it to this address at once. */
  async function leadingTo(address: string): Promise<string> {
    const elsewhere = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        `<!doctype html><title>Elsewhere</title><script>location.href = ${JSON.stringify(address)}</script>`,
      );
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void elsewhere.close().closeAllConnections());
    return `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
  }

  /** Who the page’s browser is signed in as at the site; null: nobody. */
  async function viewer(page: Page, site: Site): Promise<string | null> {
    const tab = await page.context().newPage();
    await tab.goto(`${site.url}/sign-in`);
    const email = await tab.evaluate(async () => {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'keywright' },
        body: JSON.stringify({ query: '{ viewer { actor { ... on User { email } } } }' }),
      });
      const { data } = (await response.json()) as { data?: { viewer: { actor: { email: string } } } };
      return data?.viewer.actor.email ?? null;
    });
    await tab.close();
    return email;
  }

  test('signs nobody in whom another site leads to it, until they say so', async () => {
    const site = await startSite();
    const ada = await site.found();
    await site.found('Evil', 'eve@evil.example');
    const page = await site.signIn(ada);
    const link = await site.linkFor('eve@evil.example');
    await page.goto(await leadingTo(link));
    await page.getByText('Sign in as eve@evil.example?').waitFor();
    await page.getByText(`You are signed in as ${ada.email}. That session will be signed out.`).waitFor();
    await expect.poll(() => new URL(page.url()).hash).toBe('');
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'sign-in');
    await page.waitForLoadState('networkidle');
    expect(await viewer(page, site)).toBe(ada.email);
    // The link was not used up: whoever it is for can still use it.
    const other = await openBrowser();
    await other.goto(link);
    await button(other).click();
    await other.waitForURL(`${site.url}/o/evil/*`);
    expect(await viewer(other, site)).toBe('eve@evil.example');
    expect(await viewer(page, site)).toBe(ada.email);
  });

  test('ends the session of before once the person has said so', async () => {
    const site = await startSite();
    const ada = await site.found();
    const bob = await site.found('Globex', 'bob@example.com');
    const page = await site.signIn(ada);
    await page.goto(await site.linkFor(bob.email));
    await button(page).click();
    await page.waitForURL(`${site.url}/o/globex/*`);
    expect(await viewer(page, site)).toBe(bob.email);
  });

  test('names the organization of an invitation, and what to do about a link that was used', async () => {
    const site = await startSite();
    const ada = await site.found();
    const roleId = await makeRole(site, ada, {
      name: 'Reader',
      permissions: ['organization.view', 'api.key.view'],
    });
    const link = await invite(site, ada, 'grace@example.com', roleId);
    const page = await openBrowser({ width: 360 });
    await page.goto(link);
    await page.getByText('Sign in as grace@example.com to Acme?').waitFor();
    expect(await overflows(page)).toEqual([]);
    await button(page).click();
    await page.waitForURL(`${site.url}/o/acme/*`);
    await page.goto(link);
    await page.getByText('This link is no longer valid.').waitFor();
    expect(await button(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Continue as grace@example.com' }).waitFor();
    // Another link in the same tab: its address differs in the fragment alone.
    await page.goto(await site.linkFor(ada.email));
    await page.getByText(`Sign in as ${ada.email}?`).waitFor();
    await page.reload();
    await page.getByText('The link contains no token.').waitFor();
  });

  test('opened at localhost leads to PUBLIC_URL, where the link still works', async () => {
    const site = await startSite();
    const ada = await site.found();
    const link = await site.linkFor(ada.email);
    const page = await openBrowser();
    await page.goto(link.replace('127.0.0.1', 'localhost'));
    await page.getByText(`This server is at ${site.url}.`).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to that address' }).click();
    await page.getByText(`Sign in as ${ada.email}?`).waitFor();
    await button(page).click();
    await page.waitForURL(`${site.url}/o/acme/*`);
    expect(await viewer(page, site)).toBe(ada.email);
  });

  test('two servers on one host keep their people signed in next to each other', async () => {
    const [one, two] = [await startSite(), await startSite()];
    const ada = await one.found();
    const bob = await two.found('Globex', 'bob@example.com');
    const page = await one.signIn(ada);
    await page.goto(await two.linkFor(bob.email));
    await button(page).click();
    await page.waitForURL(`${two.url}/o/globex/*`);
    expect([await viewer(page, one), await viewer(page, two)]).toEqual([ada.email, bob.email]);
  });

  test('a cookie that a neighbour planted neither locks out nor switches the account', async () => {
    const site = await startSite();
    const ada = await site.found();
    const eve = await site.found('Evil', 'eve@evil.example');
    const page = await site.signIn(ada);
    const [own] = (await page.context().cookies(site.url)).filter(({ name }) =>
      name.startsWith('keywright_'),
    );
    const { hostname: domain } = new URL(site.url);
    for (const value of ['x', eve.sessionToken]) {
      await page.context().addCookies([{ name: own?.name ?? '', value, domain, path: '/graphql' }]);
      await page.goto(site.url);
      await page.waitForURL(`${site.url}/o/acme/*`);
      await page.getByRole('button', { name: /Account/ }).waitFor();
      expect(await viewer(page, site)).toBe(ada.email);
      const left = (await page.context().cookies(`${site.url}/graphql`)).filter(
        ({ name }) => name === own?.name,
      );
      expect(left.map(({ value: token }) => token)).toEqual([own?.value]);
    }
  });
});
