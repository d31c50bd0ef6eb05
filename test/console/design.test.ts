import { join } from 'node:path';
import { build, preview } from 'vite';
import { expect, inject, onTestFinished, test } from 'vitest';
import { describeInChromium, openBrowser } from './browser.ts';
import { accessibilityFaults, overflows, screenshots } from './looks.ts';

const ROOT = join(import.meta.dirname, '../../console');

describeInChromium('the design system', () => {
  test('is accessible in all states, themes and widths', async () => {
    const page = await openBrowser();
    await page.goto(`${await serveSpecimens()}design.html`);
    await page.getByRole('table', { name: 'Specimens' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflows(page)).toEqual([]);
    await screenshots(page, 'design');
    await page.getByRole('button', { name: 'Toasts' }).click();
    for (const [button, role] of [
      ['Menu', 'menu'],
      ['Dialog', 'dialog'],
      ['Question', 'alertdialog'],
    ] as const) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole(role).waitFor();
      // An open menu is outside of all landmarks: it belongs to its button.
      const faults = (await accessibilityFaults(page)).filter((fault) => !fault.includes(': region: '));
      expect(faults, button).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole(role).waitFor({ state: 'detached' });
    }
  });
});

/** Builds the page of all primitives and patterns, which no build of the console contains; gives its address. */
async function serveSpecimens(): Promise<string> {
  const outDir = join(inject('testRun').directory, 'specimens');
  const shared = { root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error' } as const;
  await build({ ...shared, build: { outDir, rollupOptions: { input: join(ROOT, 'design.html') } } });
  const server = await preview({ ...shared, build: { outDir }, preview: { port: 0 } });
  onTestFinished(() => server.close());
  const [url] = server.resolvedUrls?.local ?? [];
  if (!url) throw new Error('The server has no address');
  return url;
}
