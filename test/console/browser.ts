import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { findProgram, missingOf } from '../support/programs.ts';

/** Debian's Chromium. */
const CHROMIUM = findProgram('chromium');

/** By how much pages run slower than this machine could run them: `CONSOLE_SLOWDOWN=5` finds tests that depend on time. */
export const SLOWDOWN = Number(process.env.CONSOLE_SLOWDOWN ?? 1);

/** Bounds only a failure, milliseconds: nothing that tests wait for takes as long, even on a busy machine. */
const PATIENCE_MS = 30_000 * SLOWDOWN;

let running: Browser | undefined;

/** Declares tests that need a browser; where there is no Chromium they are skipped, and the title says why. */
export function describeInChromium(title: string, declare: () => void): void {
  const missing = missingOf('chromium');
  describe.skipIf(missing)(title + missing, { timeout: 10 * PATIENCE_MS }, () => {
    beforeAll(async () => {
      running = await chromium.launch({
        executablePath: CHROMIUM ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      });
    });
    afterAll(() => running?.close());
    declare();
  });
}

/** How a browser of its own is set up. */
export interface BrowserOptions {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
  /** IANA time zone. */
  readonly timezone?: string;
}

/**
 * Opens a page in a browser of its own: it shares no cookie with others. The test fails where the page throws, or does what
 * its Content-Security-Policy forbids.
 */
export async function openBrowser(options: BrowserOptions = {}): Promise<Page> {
  if (!running) throw new Error('The browser runs only while tests of describeInChromium run');
  const { width = 1440, theme = 'light', reducedMotion = false, timezone = 'UTC' } = options;
  const context = await running.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    permissions: ['clipboard-read', 'clipboard-write'],
    locale: 'en',
    timezoneId: timezone,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (SLOWDOWN > 1) context.on('page', slowDown);
  const faults = watchFaults(context);
  onTestFinished(async () => {
    await context.close();
    if (faults.length > 0) throw new Error(`The page complained:\n${faults.join('\n')}`);
  });
  return context.newPage();
}

/** Every exception and every breach of the policy, of all pages of the context. */
function watchFaults(context: BrowserContext): string[] {
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(String(error.error().stack ?? error.error())));
  context.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
  });
  return faults;
}

async function slowDown(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  // A page that is closed meanwhile needs none of it.
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN }).catch(() => {});
}

/** Waits until what the selector finds has the focus. */
export async function hasFocus(page: Page, selector: string): Promise<void> {
  await page.locator(`${selector}:focus`).waitFor({ state: 'attached' });
}

/** Waits until the page has drawn what it was told before, run what it put off, and finished its animations. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    for (let count = 0; count < 2; count += 1) await frame();
    const ends = ({ effect }) => effect.getComputedTiming().endTime !== Infinity;
    await Promise.all(document.getAnimations().filter(ends).map((one) => one.finished.catch(() => {})));
  })()`);
}
