import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../db/open.ts';
import { Browser } from '../../support/browser.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { startProvider } from '../../support/openid-provider.ts';
import { makeMember, startTestServer } from '../../support/server.ts';
import { answerFor, freshAccount, lastCause, type Site, signInAs } from './oidc-site.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DISCOVERY = '/.well-known/openid-configuration';

/** Keywright, started while the provider is away. */
async function startWithoutProvider(engine: Engine): Promise<Site> {
  const provider = await startProvider();
  onTestFinished(() => provider.stop());
  await provider.stop();
  const server = await startTestServer(engine, { config: { oidc: provider.settings } });
  onTestFinished(() => server.close());
  provider.register(server.url);
  return { server, provider };
}

async function startBoth(engine: Engine): Promise<Site> {
  const site = await startWithoutProvider(engine);
  await site.provider.start();
  return site;
}

async function memberOf({ server }: Site) {
  return freshAccount({ email: (await makeMember(server)).email });
}

onEachDatabase('where the OpenID provider is away', (engine) => {
  test('the server starts, says so to whoever signs in, and signs them in once it is back', async () => {
    const site = await startWithoutProvider(engine);
    const { server, provider } = site;
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const account = await memberOf(site);
    const { browser, page } = await signInAs(site, account);
    expect([page.status, page.url]).toEqual([503, `${server.url}/sign-in/oidc`]);
    expect(page.text).toContain('Please try again in a moment');
    expect(page.text).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect(lastCause(server)).toMatch(/fetch failed/);
    expect(browser.flowCookies(server)).toEqual([]);
    await provider.start();
    await signInAs(site, account, browser);
    expect(browser.sessionToken(server)).toMatch(/^sess_/);
  });

  test('somebody on the way back is told to try again', async () => {
    const site = await startBoth(engine);
    const { browser, answer } = await answerFor(site, await memberOf(site));
    await site.provider.stop();
    expect((await browser.open(answer)).status).toBe(503);
    expect(browser.sessionToken(site.server)).toBeUndefined();
  });
});

test('the provider is asked for its addresses once an hour, by many at once too', async () => {
  const site = await startBoth('sqlite');
  const { server, provider } = site;
  const asked = () => provider.asked.get(DISCOVERY);
  const begin = () => new Browser().open(`${server.url}/sign-in/oidc`, provider.issuer);
  await Promise.all([begin(), begin(), begin()]);
  await begin();
  expect(asked()).toBe(1);
  server.clock.advance(HOUR);
  await begin();
  expect(asked()).toBe(2);
});

test('its addresses serve on while they can’t be read anew', async () => {
  const site = await startBoth('sqlite');
  const { server, provider } = site;
  const account = await memberOf(site);
  await signInAs(site, account);
  server.clock.advance(HOUR);
  provider.instead = (request, response) =>
    request.url === DISCOVERY ? response.writeHead(500).end() : provider.itself(request, response);
  const asked = () => provider.asked.get(DISCOVERY);
  const before = asked() ?? 0;
  for (let count = 0; count < 2; count += 1) {
    const { browser } = await signInAs(site, account);
    expect(browser.sessionToken(server)).toMatch(/^sess_/);
  }
  // Not for everybody who signs in.
  expect(asked()).toBe(before + 1);
  expect(server.lines.join('')).toContain("The OpenID provider's metadata could not be refreshed");
  server.clock.advance(MINUTE);
  provider.instead = null;
  await signInAs(site, account);
  expect(asked()).toBe(before + 2);
});

test('a provider that names another issuer is not believed', async () => {
  const { server, provider } = await startBoth('sqlite');
  provider.instead = (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({ issuer: 'https://evil.example', authorization_endpoint: `${provider.issuer}/auth` }),
    );
  };
  expect((await new Browser().open(`${server.url}/sign-in/oidc`)).status).toBe(503);
  expect(lastCause(server)).toMatch(/issuer/);
});
