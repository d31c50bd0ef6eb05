import { afterAll, beforeAll } from 'vitest';
import type { Engine } from '../../../db/open.ts';
import type { Config } from '../../../src/core/config/config.ts';
import type { OidcConfig } from '../../../src/core/config/oidc-config.ts';
import { newId } from '../../../src/core/ids.ts';
import { Browser, type Page } from '../../support/browser.ts';
import { openidProvider, type ProviderAccount, type TestProvider } from '../../support/openid-provider.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

/** Keywright and a provider that know each other. */
export interface Site {
  readonly server: TestServer;
  readonly provider: TestProvider;
}

/** Keywright and a provider for all tests of a `describe`. */
export function siteOn(
  engine: Engine,
  settings: Partial<OidcConfig> = {},
  config: Partial<Config> = {},
): () => Site {
  const provider = openidProvider();
  let server: TestServer | undefined;
  beforeAll(async () => {
    const oidc = { ...provider().settings, ...settings };
    server = await startTestServer(engine, { config: { oidc, ...config } });
    provider().register(server.url);
  });
  afterAll(() => server?.close());
  return () => {
    if (!server) throw new Error('The server runs only while tests run');
    return { server, provider: provider() };
  };
}

/** An account at the provider that nobody else has. */
export function freshAccount(facts: Partial<ProviderAccount> = {}): ProviderAccount {
  const sub = newId('evt');
  return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Grace Hopper', ...facts };
}

/** Signs somebody in, from the button on the sign-in page to where that leads. */
export async function signInAs(
  { server, provider }: Site,
  account: ProviderAccount,
  browser = new Browser(),
): Promise<{ browser: Browser; page: Page }> {
  provider.account = account;
  return { browser, page: await browser.open(`${server.url}/sign-in/oidc`) };
}

/** The address with which the provider would lead back; the browser has not been there. */
export async function answerFor(
  { server, provider }: Site,
  account: ProviderAccount,
  browser = new Browser(),
): Promise<{ browser: Browser; answer: string }> {
  provider.account = account;
  const answer = await browser.open(`${server.url}/sign-in/oidc`, `${server.url}/sign-in/oidc/callback`);
  return { browser, answer };
}

/** What the log says about why the last sign-in came to nothing. */
export function lastCause({ lines }: TestServer): string {
  for (const line of lines.toReversed()) {
    const { msg, error } = JSON.parse(line) as { msg: string; error?: { message: string } };
    if (msg === 'A sign-in with the provider failed') return error?.message ?? '';
  }
  return '';
}
