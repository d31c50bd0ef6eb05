import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../support/wait.ts';
import { settled } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Widths of the pictures: a phone, a tablet, a notebook and a desktop, pixels. */
const WIDTHS = [360, 768, 1280, 1440] as const;

/** Widths that every view has to fit; 320 pixels are what remains of 1280 at a zoom of 400 % (WCAG 1.4.10). */
const FITTED_WIDTHS = [320, 640, 900, 1024, ...WIDTHS];

const THEMES = ['light', 'dark'] as const;

/** Where screenshots go: `SCREENSHOTS=docs/images`; without it none is taken. */
const FOLDER = process.env.SCREENSHOTS;

/** What is still found once the page has become as it stays. */
async function lasting(find: () => Promise<string[]>): Promise<string[]> {
  let found: string[] = [];
  const isNone = async () => {
    found = await find();
    return found.length === 0;
  };
  await eventually(isNone).catch(() => {});
  return found;
}

/**
 * What axe-core finds wrong with the page as it stands, in both themes: one line for each element; empty where nothing is.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const faults = await lasting(() => axeFaults(page));
    found.push(...faults.map((fault) => `${theme}: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}

async function axeFaults(page: Page): Promise<string[]> {
  await settled(page);
  // Through the debugger, which the page's policy does not bind.
  return page.evaluate(`(async () => {
    if (!globalThis.axe) { ${AXE} }
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => id + ': ' + help + ' at ' + target.join(' ') + ' ' + failureSummary));
  })()`);
}

/** By how much the page is wider than its window, pixels. */
const EXCESS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** What makes the page scroll sideways at any of the widths, and what is wrong with the rows of its tables there. */
export async function overflows(page: Page): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  for (const width of FITTED_WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const faults = await lasting(async () => {
      const excess = Number(await page.evaluate(EXCESS));
      return [...(excess > 0 ? [`${excess} px too wide`] : []), ...(await tableFaultsNow(page))];
    });
    found.push(...faults.map((fault) => `${fault} at ${width} px`));
  }
  if (before) await page.setViewportSize(before);
  return found;
}

/** A first column is never narrower, pixels. */
const FIRST_COLUMN_MIN = 200;

/**
 * Rows of tables whose first column is too narrow, whose texts or controls overlap or leave the row, or whose controls
 * can't be reached by a pointer; and tables that stay tables where there is only room for cards.
 */
export function tableFaults(page: Page): Promise<string[]> {
  return lasting(() => tableFaultsNow(page));
}

// What measures itself, such as a chart or a long list, follows a new width some frames later.
async function tableFaultsNow(page: Page): Promise<string[]> {
  await settled(page);
  return page.evaluate(`(() => {
    const faults = new Set();
    // What is behind a dialog can't be reached, and should not.
    const isBehind = document.querySelector('[role=dialog], [role=alertdialog]') !== null;
    const shown = (rect) => rect.width > 1 && rect.height > 1;
    const clipped = (node, rect) => {
      let { left, right, top, bottom } = rect;
      for (let at = node; at.tagName !== 'TR'; at = at.parentElement) {
        if (getComputedStyle(at).overflow === 'visible') continue;
        const box = at.getBoundingClientRect();
        [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      return { left, right, top, bottom, width: right - left, height: bottom - top };
    };
    const texts = (row) => {
      const found = [];
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].map((rect) => clipped(node.parentElement, rect)).filter(shown);
        if (boxes.length > 0) found.push({ words: node.data, boxes });
      }
      for (const control of row.querySelectorAll('input, svg[role=img]'))
        found.push({ words: control.tagName, boxes: [control.getBoundingClientRect()].filter(shown) });
      return found;
    };
    const overlap = (one, other) =>
      one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
    for (const table of document.querySelectorAll('table[aria-label]')) {
      const name = table.ariaLabel;
      const isNarrow = table.getBoundingClientRect().width < 480;
      if (isNarrow && [...table.querySelectorAll('tbody tr[data-row]')].some((row) => getComputedStyle(row).display === 'table-row'))
        faults.add(name + ': no cards');
      for (const row of table.querySelectorAll('tr')) {
        if (row.ariaHidden) continue;
        const frame = row.getBoundingClientRect();
        const first = [...row.cells].find((cell) => !cell.querySelector('input'));
        if (row.dataset.row && first.getBoundingClientRect().width < ${FIRST_COLUMN_MIN})
          faults.add(name + ': first column of ' + Math.round(first.getBoundingClientRect().width) + ' px');
        const found = texts(row);
        for (const [index, { words, boxes }] of found.entries()) {
          if (boxes.some(({ left, right }) => left < frame.left - 1 || right > frame.right + 1))
            faults.add(name + ': “' + words + '” leaves its row');
          for (const other of found.slice(index + 1))
            if (boxes.some((box) => other.boxes.some((one) => overlap(box, one))))
              faults.add(name + ': “' + words + '” and “' + other.words + '” overlap');
        }
        for (const control of row.querySelectorAll('a, button, input')) {
          const { left, top, width, height } = control.getClientRects()[0] ?? { width: 0 };
          const [x, y] = [left + width / 2, top + height / 2];
          if (width === 0) faults.add(name + ': “' + control.textContent + '” is not displayed');
          else if (!isBehind && y > 120 && y < innerHeight - 120 && !control.contains(document.elementFromPoint(x, y)))
            faults.add(name + ': “' + control.textContent + '” is covered');
        }
      }
    }
    return [...faults];
  })()`);
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
