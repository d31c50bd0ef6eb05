import { expect, test } from 'vitest';
import { conditionsOf } from '../../../console/src/features/api-keys/list/key-conditions.ts';

const NOW = Date.parse('2026-05-04T10:00:00Z');
const DAY_MS = 86_400_000;

function at(days: number): string {
  return new Date(NOW + days * DAY_MS).toISOString();
}

const NONE = { status: 'ACTIVE', expiresAt: null, rotationDueAt: null } as const;

function found(
  key: Partial<Parameters<typeof conditionsOf>[0]>,
  secrets: Parameters<typeof conditionsOf>[1] = [],
) {
  return conditionsOf({ ...NONE, ...key }, secrets, NOW).map(({ condition }) => condition);
}

test('a key has the conditions that the filters find, the most urgent first', () => {
  expect(found({})).toEqual([]);
  expect(found({ expiresAt: at(8), rotationDueAt: at(1) })).toEqual([]);
  expect(found({ expiresAt: at(6), rotationDueAt: at(-1) })).toEqual(['overdue', 'expiring']);
  for (const status of ['DISABLED', 'EXPIRED', 'REVOKED'] as const)
    expect(found({ status, expiresAt: at(6), rotationDueAt: at(-1) })).toEqual([]);
});

test('a key is in rotation as long as a previous secret is accepted', () => {
  const retiring = (expiresAt: string | null) => ({ status: 'RETIRING', expiresAt }) as const;
  const active = { status: 'ACTIVE', expiresAt: null } as const;
  expect(found({}, [active])).toEqual([]);
  expect(found({}, [active, retiring(at(1))])).toEqual(['rotating']);
  expect(found({ status: 'DISABLED' }, [active, retiring(at(1))])).toEqual(['rotating']);
  // The server has not been asked since.
  expect(found({}, [active, retiring(at(-1))])).toEqual([]);
  expect(found({ status: 'REVOKED' }, [retiring(at(1))])).toEqual([]);
  const [condition] = conditionsOf(NONE, [retiring(at(1)), retiring(at(3))], NOW);
  expect(condition?.at).toBe(at(3));
});
