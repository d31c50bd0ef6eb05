import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { findProgram, missingOf } from '../support/programs.ts';

/** Debian's Chromium. */
const CHROMIUM = findProgram('chromium');

let running: Browser | undefined;

/** Declares tests that need a browser; where there is no Chromium they are skipped, and the title says why. */
export function describeInChromium(title: string, declare: () => void): void {
  const missing = missingOf('chromium');
  describe.skipIf(missing)(title + missing, { timeout: 60_000 }, () => {
    beforeAll(async () => {
      running = await chromium.launch({
        executablePath: CHROMIUM ?? '',
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      });
    }, 60_000);
    afterAll(() => running?.close());
    declare();
  });
}

/** How a browser of its own is set up. */
export interface BrowserOptions {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
}

/**
 * Opens a page in a browser of its own: it shares no cookie with others. The test fails where the page throws, or does what
 * its Content-Security-Policy forbids.
 */
export async function openBrowser(options: BrowserOptions = {}): Promise<Page> {
  if (!running) throw new Error('The browser runs only while tests of describeInChromium run');
  const { width = 1440, theme = 'light', reducedMotion = false } = options;
  const context = await running.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    permissions: ['clipboard-read', 'clipboard-write'],
    locale: 'en',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(15_000);
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
