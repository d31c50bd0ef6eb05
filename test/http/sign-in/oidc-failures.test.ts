import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/core/config/config.ts';
import { makePerson } from '../../sessions/people.ts';
import { onEachDatabase } from '../../support/databases.ts';
import { ask } from '../../support/server.ts';
import { answerFor, freshAccount, lastCause, signInAs, siteOn } from './oidc-site.ts';

const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1' });

let addresses = 0;

/** An address that nobody has tried anything from. */
function freshAddress(): string {
  addresses += 1;
  return `203.0.113.${addresses}`;
}

onEachDatabase('a sign-in with the provider that fails', (engine) => {
  const site = siteOn(engine, {}, { trustedProxies, verifyFailuresPerMinute: 5 });

  const callback = (ip: string, query: string) =>
    fetch(`${site().server.url}/sign-in/oidc/callback${query}`, {
      redirect: 'manual',
      headers: { 'X-Forwarded-For': ip },
    });

  const bearerStatus = async (ip: string) => {
    const headers = { 'X-Forwarded-For': ip, Authorization: 'Bearer hello' };
    return (await ask(site().server, '{ viewer { actor { __typename } } }', { headers })).status;
  };

  test.each([
    ['without a state', ''],
    ['with two', '?state=a&state=b&code=c'],
    ['with one that no browser began', '?state=a&code=b'],
  ])('%s counts towards the limit of the address', async (_how, query) => {
    const ip = freshAddress();
    for (let time = 0; time < 5; time += 1) expect((await callback(ip, query)).status).toBe(400);
    const limited = await callback(ip, query);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(limited.headers.get('ratelimit')).toContain('"failures";r=0');
    expect(limited.headers.get('content-type')).toContain('text/html');
    expect(await limited.text()).toContain('Too many attempts');
    expect(await bearerStatus(ip)).toBe(429);
    expect((await callback(freshAddress(), query)).status).toBe(400);
  });

  test.runIf(engine === 'sqlite')('because the database is read-only can be tried again', async () => {
    const { browser, answer } = await answerFor(site(), freshAccount());
    const { db } = site().server.services;
    const setReadOnly = (value: 'on' | 'off') => sql.raw(`pragma query_only = ${value}`).execute(db);
    await setReadOnly('on');
    const { status, headers, text } = await browser.open(answer);
    await setReadOnly('off');
    expect([status, headers.get('retry-after')]).toEqual([503, '10']);
    expect(text).toContain('Sign-in is unavailable');
    expect(site().server.lines.filter((line) => line.startsWith('{"level":50'))).toEqual([]);
    // Nobody has invited this account.
    expect((await signInAs(site(), freshAccount())).page.status).toBe(403);
  });

  test('counts what failed elsewhere, too', async () => {
    const ip = freshAddress();
    for (let time = 0; time < 5; time += 1) expect(await bearerStatus(ip)).toBe(401);
    expect((await callback(ip, '?state=a&code=b')).status).toBe(429);
  });

  test('because the account may not come in counts, and one that may is let in all the same', async () => {
    const { server } = site();
    const ip = freshAddress();
    const headers = { 'X-Forwarded-For': ip };
    for (let time = 0; time < 6; time += 1) {
      const { browser, answer } = await answerFor(site(), freshAccount());
      const page = await browser.open(answer, undefined, headers);
      expect(page.status).toBe(time < 5 ? 403 : 429);
      expect(lastCause(server)).toBe('no user has this e-mail address');
    }
    const { email } = await makePerson(server.services);
    const { browser, answer } = await answerFor(site(), freshAccount({ email }));
    const page = await browser.open(answer, `${server.url}/`, headers);
    expect(page).toBe(`${server.url}/`);
    expect(browser.sessionToken(server)).toBeDefined();
    expect(await bearerStatus(ip)).toBe(429);
  });

  test('at its beginning, or because the provider is away, does not count', async () => {
    const ip = freshAddress();
    const { server } = site();
    for (let time = 0; time < 7; time += 1) {
      const started = await fetch(`${server.url}/sign-in/oidc`, {
        redirect: 'manual',
        headers: { 'X-Forwarded-For': ip },
      });
      expect(started.status).toBe(303);
    }
    const { browser, answer } = await answerFor(site(), freshAccount());
    await site().provider.stop();
    const headers = { 'X-Forwarded-For': ip };
    const cookies = browser.flowCookies(server);
    for (let time = 0; time < 7; time += 1) {
      for (const { name, value, path } of cookies) browser.plant(server, name, value, path);
      expect((await browser.open(answer, undefined, headers)).status).toBe(503);
    }
    await site().provider.start();
    expect(await bearerStatus(ip)).toBe(401);
  });
});
