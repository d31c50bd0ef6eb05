import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/wait.ts';
import { describeInChromium } from './browser.ts';
import { type Site, type SitePerson, startSite } from './site.ts';
import type * as Stock from './stock-clients.ts';

declare const stock: typeof Stock;
declare global {
  var opened: ReturnType<typeof Stock.openSocket>;
}

let script = '';

/** Serves a page with the clients on a port of its own, which makes it another origin. */
async function startPage(): Promise<string> {
  const server = createServer((_request, response) => {
    response
      .setHeader('Content-Type', 'text/html')
      .end(`<!doctype html><title>App</title><script>${script}</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function allow(site: Site, person: SitePerson, allowedOrigins: string[]): Promise<void> {
  const change =
    'mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { __typename } }';
  await site.ask(person, change, { input: { id: person.organizationId, allowedOrigins } });
}

async function keysOf(site: Site, person: SitePerson): Promise<number> {
  const query = 'query ($id: ID) { organization(id: $id) { apiKeys { totalCount } } }';
  return (await site.ask(person, query, { id: person.organizationId })).organization.apiKeys.totalCount;
}

/** A page of another origin in a browser that is signed in to the console; its cookies go along with what the page sends. */
async function openElsewhere(site: Site, person: SitePerson, origin: string): Promise<Page> {
  const page = await site.signIn(person);
  await page.goto(origin);
  return page;
}

const socket = (page: Page, url: string, params: Record<string, string>): Promise<void> =>
  page.evaluate(
    ([at, payload]) => {
      globalThis.opened = stock.openSocket(at, payload);
    },
    [url, params] as const,
  );

describeInChromium('a page of another origin', () => {
  beforeAll(async () => {
    const { build } = await import('vite');
    const entry = join(import.meta.dirname, 'stock-clients.ts');
    const built = await build({
      configFile: false,
      logLevel: 'silent',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'stock' } },
    });
    const [output] = [built].flat();
    if (!output || !('output' in output)) throw new Error('The clients could not be bundled');
    script = output.output[0].code.replaceAll('</script', '<\\/script');
  });

  test('uses published clients with a key of an organization that allows it', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { id, secret } = await site.makeKey(ada, { name: 'Page', grants: ['*'] });
    const origin = await startPage();
    await allow(site, ada, [origin]);
    const page = await openElsewhere(site, ada, origin);
    const args = [site.url, secret] as const;
    const actor = { viewer: { actor: { __typename: 'ApiKey', id } } };
    expect(await page.evaluate((given) => stock.byApollo(...given), args)).toMatchObject(actor);
    expect(await page.evaluate((given) => stock.byUrql(...given), args)).toMatchObject(actor);
    const change = { data: { apiKeyChanged: { __typename: 'ApiKeyCreated' } } };
    expect(await page.evaluate((given) => stock.bySse(...given), args)).toMatchObject(change);
    expect(await page.evaluate((given) => stock.byWebSocket(...given), args)).toMatchObject(change);
    const byKey = await page.evaluate(([url, key]) => stock.byFetch(url, { 'x-api-key': key }), args);
    expect(byKey).toMatchObject({ status: 200, limit: expect.stringContaining('q=') });
    const rejected = await page.evaluate(
      ([url, key]) => stock.byFetch(url, { 'x-api-key': `${key}x` }),
      args,
    );
    expect(rejected).toMatchObject({ status: 401, challenge: expect.stringContaining('invalid_token') });
  });

  test('gets nowhere with cookies, or with a key of an organization that does not allow it', async () => {
    const site = await startSite();
    const ada = await site.found();
    const bob = await site.found('Bobs', 'bob@example.com');
    const { secret } = await site.makeKey(bob, { name: 'Page', grants: ['*'] });
    const origin = await startPage();
    await allow(site, ada, [origin]);
    await allow(site, bob, [`${origin}0`, origin.replace('http', 'https'), 'http://127.0.0.1']);
    const page = await openElsewhere(site, ada, origin);
    const before = [await keysOf(site, ada), await keysOf(site, bob)];
    const tried = await page.evaluate(
      async ([url, key]) => {
        const own = { 'x-requested-with': 'keywright' };
        const frame = document.createElement('iframe');
        frame.sandbox.add('allow-scripts');
        const answered = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)));
        const request = { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' } };
        const body = JSON.stringify({
          query: 'mutation { createApiKey(input: { name: "null" }) { __typename } }',
        });
        frame.srcdoc = `<script>fetch(${JSON.stringify(`${url}/graphql`)}, ${JSON.stringify({ ...request, body })})
          .then(() => 'read', () => 'blocked').then((text) => parent.postMessage(text, '*'))</script>`;
        document.body.append(frame);
        return [
          await stock.byFetch(url, own, { credentials: 'include' }),
          await stock.byFetch(url, {}, { credentials: 'include', headers: { 'content-type': 'text/plain' } }),
          await stock.byFetch(url, { 'x-api-key': key }),
          await stock.byFetch(url, { authorization: `Bearer ${key}` }, { credentials: 'include' }),
          await answered,
        ];
      },
      [site.url, secret] as const,
    );
    expect(tried).toEqual([null, null, null, null, 'blocked']);
    expect([await keysOf(site, ada), await keysOf(site, bob)]).toEqual(before);
    for (const [params, code] of [
      [{}, 4401],
      [{ authorization: `Bearer ${secret}` }, 4403],
    ] as const) {
      await socket(page, site.url, params);
      await eventually(async () => (await page.evaluate(() => globalThis.opened.code)) === code);
      expect(await page.evaluate(() => globalThis.opened.acknowledged)).toBe(false);
    }
  });

  test('loses its socket when the console takes its origin off the list', async () => {
    const site = await startSite();
    const ada = await site.found();
    const { secret } = await site.makeKey(ada, { name: 'Page', grants: ['*'] });
    const origin = await startPage();
    const settings = await site.signIn(ada);
    await settings.getByRole('link', { name: 'Settings' }).click();
    const origins = settings.getByLabel('Origins', { exact: true });
    await origins.fill(`${origin}\nhttps://app.example.com/path`);
    const card = settings.locator('form').filter({ has: origins });
    await card.getByRole('button', { name: 'Save' }).click();
    await settings.getByText('https://app.example.com/path: must be scheme://host').first().waitFor();
    await expect.poll(() => origins.getAttribute('aria-invalid')).toBe('true');
    await origins.fill(`HTTPS://App.example.com:443\n\n${origin}`);
    await card.getByRole('button', { name: 'Save' }).click();
    await settings.getByText('Settings saved').waitFor();
    await expect.poll(() => origins.inputValue()).toBe(`${origin}\nhttps://app.example.com`);

    const page = await settings.context().newPage();
    await page.goto(origin);
    await socket(page, site.url, { authorization: `Bearer ${secret}` });
    await eventually(() => page.evaluate(() => globalThis.opened.acknowledged));
    await origins.fill('https://app.example.com');
    await card.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => (await page.evaluate(() => globalThis.opened.code)) === 4403);
    expect(
      await page.evaluate(([url, key]) => stock.byFetch(url, { 'x-api-key': key }), [
        site.url,
        secret,
      ] as const),
    ).toBeNull();
  });
});
