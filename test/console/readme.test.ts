import { expect, test } from 'vitest';
import { readerOfReadme } from '../support/readme.ts';
import { describeInChromium, openBrowser } from './browser.ts';

describeInChromium('the first minutes with README.md', () => {
  test('happen in the console that the printed link opens, and again with a new link', async () => {
    const reader = await readerOfReadme();
    const printed = /^Sign in within 15 minutes: (\S+)$/m.exec(reader.server.stdout())?.[1] ?? '';
    const [anotherLink] = reader.steps('Installation').slice(-1);
    const [signIn, define, create, list, revoke] = reader.steps('Quick start');
    if (!anotherLink || !signIn || !define || !create || !list || !revoke)
      throw new Error('README.md lacks a step');

    for (const round of ['first', 'second']) {
      const terminal = reader.open();
      // The first link has been used in the second round.
      const link = round === 'first' ? printed : (await terminal.paste(anotherLink)).trim();
      const page = await openBrowser();
      await page.goto(link);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${reader.url}/o/*/*`);
      await page.evaluate('window.notReloaded = true');
      const key = page.getByRole('row').filter({ hasText: 'Terraform CI/CD' });
      const created = page
        .getByRole('list', { name: 'Latest changes' })
        .getByText('created the key Terraform CI/CD');
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      const before = await created.count();

      await terminal.paste(signIn);
      await terminal.paste(define);
      await terminal.paste(create);
      await expect.poll(() => created.count()).toBe(before + 1);
      await page.getByRole('link', { name: 'Keys' }).click();
      await key.getByText('Active').waitFor();
      await terminal.paste(list);
      await terminal.paste(revoke);
      await key.getByText('Revoked').waitFor();
      await expect.poll(() => page.evaluate('window.notReloaded')).toBe(true);
      expect(terminal.stderr()).not.toMatch(/error|^ +at /im);
    }
  });
});
