import { expect, test } from 'vitest';
import { run } from '../cli/run.ts';
import { ask } from '../support/server.ts';
import { describeInChromium } from './browser.ts';
import { startSite } from './site.ts';

describeInChromium('a server that accepts only trusted documents', () => {
  test('is used by its own console and command line, and answers nothing else', async () => {
    const site = await startSite({ TRUSTED_DOCUMENTS_ONLY: 'on' });
    const ada = await site.found();
    const env = { KEYWRIGHT_URL: site.url, KEYWRIGHT_TOKEN: ada.sessionToken };
    const created = await run(env, 'keys', 'create', '--name', 'From the command line');
    expect([created.code, created.stdout]).toEqual([0, expect.stringMatching(/kw_live_/)]);

    const page = await site.signIn(ada);
    await page.getByRole('link', { name: 'From the command line' }).waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    // Over the WebSocket, without another request for the list.
    expect((await run(env, 'keys', 'create', '--name', 'Seen live')).code).toBe(0);
    await page.getByRole('link', { name: 'Seen live' }).click();
    await page.getByRole('heading', { name: 'Seen live' }).waitFor();

    const { errors } = await ask(site, 'query Mine { viewer { id } }', { token: ada.sessionToken });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['PERSISTED_QUERY_ID_REQUIRED']);
    expect((await fetch(`${site.url}/trusted-documents.json`)).status).toBe(404);
  });
});
