import { expect, test } from 'vitest';
import { emptyBatch, noteDenial } from '../../src/usage/batch.ts';
import { DenialGroups, MORE } from '../../src/usage/denial-groups.ts';
import { KnownOrganizations } from '../../src/usage/known-organizations.ts';
import { UsageBuffer } from '../../src/usage/usage-buffer.ts';
import { seededRandom, seeds } from '../support/properties.ts';

const AT = Date.UTC(2030, 0, 10, 12);

/** Denials of a known key, or of an unknown one, from so many addresses. */
function deny(groups: DenialGroups, organizationId: string, keyId: string | null, addresses: number): void {
  for (let index = 0; index < addresses; index += 1) {
    const ids = { organizationId, keyId, secretId: keyId && `${keyId} secret` };
    groups.add({ ...ids, code: 'REVOKED', at: AT, ip: `10.0.${index >> 8}.${index % 256}` }, 1);
  }
}

function madeUp(groups: DenialGroups, count: number): void {
  for (let index = 0; index < count; index += 1) deny(groups, `org_madeup${index}`, null, 1);
}

/** How many groups with key and address the organization has, and how many denials in all. */
function held(groups: DenialGroups, organizationId: string): { detailed: number; denials: number } {
  const own = [...groups].filter((group) => group.organizationId === organizationId);
  return {
    detailed: own.filter(({ subject }) => subject !== MORE).length,
    denials: own.reduce((sum, { count }) => sum + count, 0),
  };
}

test('made-up organizations take no group from a tenant whose key is presented', () => {
  const groups = new DenialGroups();
  madeUp(groups, 20_000);
  deny(groups, 'org_real', 'key_1', 3);
  expect(held(groups, 'org_real')).toEqual({ detailed: 3, denials: 3 });
  madeUp(groups, 20_000);
  expect(held(groups, 'org_real')).toEqual({ detailed: 3, denials: 3 });
  expect(groups.size).toBeLessThanOrEqual(10_000);
});

test('a tenant that receives only guesses is known after its first write', async () => {
  const seen: { detailed: number; denials: number }[] = [];
  const store = {
    isJournaled: false,
    keysMax: 100,
    async append(_number: number, { denials }: ReturnType<typeof emptyBatch>) {
      seen.push(held(denials, 'org_real'));
      denials.confirm([...denials].some((group) => group.organizationId === 'org_real') ? ['org_real'] : []);
    },
    async checkpoint() {},
  };
  const buffer = new UsageBuffer(store);
  const guess = (organizationId: string, ip: string) =>
    buffer.denied({ organizationId, keyId: null, secretId: null, code: 'NOT_FOUND', at: AT, ip });
  for (let round = 0; round < 2; round += 1) {
    for (let index = 0; index < 6_000; index += 1) guess(`org_madeup${index}`, '192.0.2.1');
    guess('org_real', '192.0.2.7');
    await buffer.append();
  }
  expect(seen).toEqual([
    { detailed: 0, denials: 1 },
    { detailed: 1, denials: 1 },
  ]);
});

test('tenants share the groups equally, and lose none of their counts', () => {
  const groups = new DenialGroups();
  const greedy = Array.from({ length: 30 }, (_, index) => `org_${index}`);
  for (const id of greedy) deny(groups, id, 'key_1', 1_000);
  deny(groups, 'org_small', 'key_1', 20);
  deny(groups, 'org_late', 'key_1', 1_000);
  expect(held(groups, 'org_small')).toEqual({ detailed: 20, denials: 20 });
  const share = Math.floor((5_000 - 20) / 31);
  for (const id of [...greedy, 'org_late']) {
    const { detailed, denials } = held(groups, id);
    expect(denials).toBe(1_000);
    expect(Math.abs(detailed - share)).toBeLessThanOrEqual(2);
  }
});

test('take little memory while they are empty', () => {
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  // As many as the parts of a large batch.
  const batches = Array.from({ length: 500 }, () => emptyBatch());
  expect((used() - before) / batches.length).toBeLessThan(20_000);
});

test('an organization alone has its own limit', () => {
  const batch = emptyBatch();
  for (let index = 0; index < 1_000; index += 1)
    noteDenial(batch, {
      ...{ organizationId: 'org_1', keyId: 'key_1', secretId: 'sec_1' },
      ...{ code: 'EXPIRED', at: AT, ip: `10.0.${index >> 8}.${index % 256}` },
    });
  expect(held(batch.denials, 'org_1')).toEqual({ detailed: 200, denials: 1_000 });
});

test('a write clears what unknown organizations took', () => {
  const known = new KnownOrganizations();
  const groups = new DenialGroups(known);
  madeUp(groups, 5_000);
  groups.confirm([]);
  const next = new DenialGroups(known);
  expect(next.size).toBe(0);
  expect(known.has('org_madeup1')).toBe(false);
});

test.each(seeds(10))('whatever is sent, bounds hold and real tenants lose no count (seed %i)', (seed) => {
  const random = seededRandom(seed);
  const groups = new DenialGroups();
  const sent = new Map<string, number>();
  const real = 1 + Math.floor(random() * 60);
  for (let step = 0; step < 30_000; step += 1) {
    const index = Math.floor(random() ** 3 * real);
    const isReal = random() < 0.5;
    const organizationId = isReal ? `org_${index}` : `org_madeup${Math.floor(random() * 9_000)}`;
    const keyId = isReal ? `key_${index}` : null;
    const count = 1 + Math.floor(random() * 3);
    const ip = `10.0.0.${Math.floor(random() * 400)}`;
    groups.add({ organizationId, keyId, secretId: keyId, code: 'REVOKED', at: AT, ip }, count);
    if (isReal) sent.set(organizationId, (sent.get(organizationId) ?? 0) + count);
  }
  expect(groups.size).toBe([...groups].length);
  expect(groups.size).toBeLessThanOrEqual(10_000);
  for (const [organizationId, count] of sent) {
    const { detailed, denials } = held(groups, organizationId);
    expect(denials).toBe(count);
    expect(detailed).toBeLessThanOrEqual(200);
    expect(detailed).toBeGreaterThan(0);
  }
});
