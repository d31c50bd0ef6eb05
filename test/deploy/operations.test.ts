import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverOn } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('figures', () => {
  const server = serverOn('postgres', { config: { metrics: true } });
  const named = (text: string): Set<string> =>
    new Set([...text.matchAll(/\b(?:keywright|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name));

  test('that the dashboard and docs/operations.md name are there', async () => {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    for (const path of ['deploy/grafana/keywright.json', 'docs/operations.md']) {
      const unknown = [...named(read(path))].filter(
        (name) => !known.has(name.replace(/_(bucket|count|sum)$/, '')),
      );
      expect(unknown, path).toEqual([]);
    }
  });

  test('have the labels that the dashboard asks by', async () => {
    await fetch(`${server().url}/verify`, { headers: { Authorization: 'Bearer no key' } });
    const text = await (await fetch(`${server().url}/metrics`)).text();
    const known = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
    // What Prometheus adds.
    for (const name of ['job', 'instance']) known.add(name);
    const { panels } = JSON.parse(read('deploy/grafana/keywright.json')) as {
      panels: { targets?: { expr: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(10);
    for (const expr of expressions) {
      const matched = [...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name]) => name);
      const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
        list.split(/\s*,\s*/),
      );
      for (const name of [...matched, ...grouped]) expect(known, expr).toContain(name);
    }
  });

  test('of Keywright are all told of', async () => {
    const text = await (await fetch(`${server().url}/metrics`)).text();
    const own = [...text.matchAll(/^# TYPE (keywright_\S+)/gm)].map(([, name = '']) => name);
    for (const name of own) expect(read('docs/operations.md')).toContain(name);
  });
});
