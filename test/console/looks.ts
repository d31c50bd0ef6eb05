import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Widths of a telephone, a tablet and a desk, pixels. */
export const WIDTHS = [360, 768, 1440] as const;

const THEMES = ['light', 'dark'] as const;

/** Where screenshots go: `SCREENSHOTS=docs/images`; without it none is taken. */
const FOLDER = process.env.SCREENSHOTS;

/**
 * What axe-core finds wrong with the page as it stands, in both themes: one line for each element; empty where nothing is.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    // Through the debugger, which the page's policy does not bind.
    const faults = (await page.evaluate(`(async () => {
      if (!globalThis.axe) { ${AXE} }
      await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ': ' + help + ' at ' + target.join(' ') + ' ' + failureSummary));
    })()`)) as string[];
    found.push(...faults.map((fault) => `${theme}: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}

/** Texts and controls that stick out of the page at any of the widths, and so would have it scrolled sideways. */
export async function overflows(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const excess = Number(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    );
    if (excess > 0) found.push(`${excess} px at ${width} px`);
  }
  if (before) await page.setViewportSize(before);
  return found;
}

/** Takes the view's pictures in all widths and both themes, where SCREENSHOTS names a folder for them. */
export async function screenshots(page: Page, name: string): Promise<void> {
  if (!FOLDER) return;
  mkdirSync(FOLDER, { recursive: true });
  const before = page.viewportSize();
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
      await page.screenshot({ path: join(FOLDER, `${name}-${width}-${theme}.png`), animations: 'disabled' });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
