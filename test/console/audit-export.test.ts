import { expect, test } from 'vitest';
import { RequestError } from '../../console/src/api/ask.ts';
import { AuditExport, type AuditPage } from '../../console/src/features/audit/audit-export.ts';
import type { AuditFormat } from '../../console/src/features/audit/audit-file.ts';

const pageInfo = { startCursor: null, hasPreviousPage: false };

/** Pages of entries with these numbers. */
function pagesOf(...pages: readonly (readonly number[])[]): (after: string | null) => Promise<AuditPage> {
  return async (after) => {
    const index = Number(after ?? 0);
    const nodes = (pages[index] ?? []).map((sequence) => ({
      ...{
        id: `evt_${sequence}`,
        sequence: String(sequence),
        action: 'api_key.created',
        outcome: 'DONE' as const,
      },
      ...{ targetId: null, changes: { name: [null, '=1+1'] }, ip: null, userAgent: null },
      occurredAt: `2030-01-0${sequence}T00:00:00Z`,
      actor: { __typename: 'User' as const, id: 'user_1', displayName: '@Ada', email: 'ada@example.com' },
    }));
    const more = { endCursor: String(index + 1), hasNextPage: index + 1 < pages.length };
    return { nodes, pageInfo: { ...pageInfo, ...more } };
  };
}

async function textOf(
  format: AuditFormat,
  load: (after: string | null) => Promise<AuditPage>,
): Promise<string> {
  const file = await new AuditExport(format, load).run(new AbortController().signal, () => {});
  return file.text();
}

test.each([
  [[[]], []],
  [
    [[3, 2], [1]],
    ['3', '2', '1'],
  ],
  [
    [[3], [], [2]],
    ['3', '2'],
  ],
  [[[3], []], ['3']],
  [[[], [3]], ['3']],
] as const)('pages %j are one file', async (pages, expected) => {
  const entries = JSON.parse(await textOf('json', pagesOf(...pages))) as { sequence: string }[];
  expect(entries.map(({ sequence }) => sequence)).toEqual(expected);
  const rows = (
    await (await new AuditExport('csv', pagesOf(...pages)).run(new AbortController().signal, () => {})).text()
  )
    .trimEnd()
    .split('\r\n');
  expect(rows.slice(1).map((row) => row.split('"')[1])).toEqual(expected);
  expect(rows[0]).toContain('"sequence"');
  expect(rows.slice(1).every((row) => row.includes(`"'@Ada"`))).toBe(true);
});

test('the rate limit is waited for, and a page that failed is loaded again', async () => {
  const load = pagesOf([3, 2], [1]);
  const faults = [null, new RequestError('RATE_LIMITED', 'Later'), new RequestError('UNREACHABLE', 'Away')];
  const waits: number[] = [];
  const seen: string[] = [];
  const exported = new AuditExport(
    'json',
    async (after) => {
      const fault = faults.shift();
      if (fault) throw fault;
      return load(after);
    },
    async (ms) => {
      waits.push(ms);
    },
  );
  const { signal } = new AbortController();
  const run = () => exported.run(signal, ({ count, isWaiting }) => seen.push(`${count} ${isWaiting}`));
  await expect(run()).rejects.toThrow('Away');
  const file = JSON.parse(await (await run()).text()) as { sequence: string }[];
  expect(file.map(({ sequence }) => sequence)).toEqual(['3', '2', '1']);
  expect(waits).toHaveLength(1);
  expect(seen).toEqual(['2 false', '2 true', '2 false', '3 false']);
});

test('nothing is returned after it was cancelled, nor without access', async () => {
  const controller = new AbortController();
  const exported = new AuditExport('csv', async (after) => {
    controller.abort();
    return pagesOf([1])(after);
  });
  await expect(exported.run(controller.signal, () => {})).rejects.toThrow();
  await expect(exported.run(new AbortController().signal, () => {})).resolves.toBeDefined();
  const denied = new AuditExport('csv', async () => null);
  await expect(denied.run(new AbortController().signal, () => {})).rejects.toThrow('no access');
});
