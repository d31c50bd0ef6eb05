import type { Page } from 'playwright-core';

/**
 * Has the page note what is put into its maps, before anything of it runs. The normalized cache keeps every object in one,
 * as a record without a prototype: what was once in the cache is found even after the cache has forgotten it.
 */
export async function watchCache(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.mapped = new Set();
    const set = Map.prototype.set;
    Map.prototype.set = function (key, value) {
      const isRecord = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
      if (isRecord || typeof value === 'string') globalThis.mapped.add(value);
      return set.call(this, key, value);
    };`);
}

/**
 * Everything of a page that outlives what is drawn: all that its cache was ever given, its document, address, history and
 * stores, and what can be reached from its React tree. By where it stands.
 */
export async function remains(page: Page): Promise<Readonly<Record<string, string>>> {
  return (await page.evaluate(`(async () => {
    const reached = [];
    const seen = new Set();
    const visit = (value) => {
      if (typeof value === 'string') reached.push(value);
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      if (value instanceof Node && !Object.keys(value).some((key) => key.startsWith('__react'))) return;
      seen.add(value);
      if (value instanceof Map) for (const pair of value) pair.forEach((one) => queue.push(one));
      if (value instanceof Set) for (const one of value) queue.push(one);
      for (const key of Object.keys(value)) { try { queue.push(value[key]); } catch {} }
    };
    const queue = [document.getElementById('console')];
    while (queue.length > 0) visit(queue.pop());
    const databases = await indexedDB.databases();
    const cached = await caches.keys();
    return {
      cache: JSON.stringify([...globalThis.mapped]),
      document: document.documentElement.outerHTML,
      fields: [...document.querySelectorAll('input, textarea')].map(({ value }) => value).join('\\n'),
      title: document.title,
      address: location.href + ' ' + document.referrer,
      history: JSON.stringify(history.state) + (globalThis.navigation?.entries() ?? []).map(({ url }) => url).join(' '),
      localStorage: JSON.stringify(localStorage),
      sessionStorage: JSON.stringify(sessionStorage),
      cookies: document.cookie,
      stores: JSON.stringify([databases, cached]),
      requests: performance.getEntries().map(({ name }) => name).join(' '),
      reached: reached.join('\\n'),
    };
  })()`)) as Record<string, string>;
}
