import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../db/open.ts';
import type { CreateApiKeyInput } from '../../../src/keys/create-api-key.ts';
import { isPasswordAlgorithm } from '../../../src/keys/import/password-hash.ts';
import type { HashAlgorithm } from '../../../src/keys/import/stored-hash.ts';
import { revokeApiKey } from '../../../src/keys/revoke-api-key.ts';
import { revokeApiKeySecret } from '../../../src/keys/revoke-api-key-secret.ts';
import { rotateApiKey } from '../../../src/keys/rotate-api-key.ts';
import { updateApiKey } from '../../../src/keys/update-api-key.ts';
import { inviteMember } from '../../../src/members/invite-member.ts';
import { updateOrganization } from '../../../src/organizations/update-organization.ts';
import { createRole } from '../../../src/roles/create-role.ts';
import { createTeam } from '../../../src/teams/create-team.ts';
import { HASHES } from '../../keys/import/hashes.ts';
import { engines } from '../../support/databases.ts';
import { anyone, present } from '../../support/live.ts';
import { PROPERTY_TIMEOUT_MS, seeds } from '../../support/properties.ts';
import { makeApiKey } from '../../support/server.ts';
import { keyLine, lines, type Moving, movingOn, secretOf } from './moving.ts';
import { fileWith, temporaryFolder } from './read.ts';

const PAIRS = engines.flatMap((from) => engines.map((to): [Engine, Engine] => [from, to]));

/** Keys of an organization: created, imported by SHA-256, and two for each other algorithm. */
const KEYS = 12 + 2 + 2 * Object.keys(HASHES).length;

/** Numbers that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Fills an organization with keys of all kinds. Gives every secret with its status. */
async function fill(moving: Moving, seed: number): Promise<Map<string, number>> {
  const { server, organizationId } = moving;
  const ctx = anyone(server);
  const random = randomFrom(seed);
  const some = <T>(values: readonly T[]): T[] => values.filter(() => random(2) === 0);
  const permissionCatalog = [{ name: 'orders.read', description: 'Read orders' }, { name: 'orders.write' }];
  await updateOrganization(ctx, { id: organizationId, permissionCatalog });
  const roles = [];
  for (const name of ['Reader', 'Писатель'])
    roles.push(
      (await createRole(ctx, { organizationId, name, permissions: some(['orders.read', 'api.key.view']) }))
        .result.id,
    );
  const teams = [];
  for (const name of ['Ops', 'Edge 🔑'])
    teams.push((await createTeam(ctx, { organizationId, name })).result.id);
  const secrets = new Set<string>();
  for (let number = 0; number < 12; number += 1) {
    const policy: Partial<CreateApiKeyInput> = {
      name: `Ключ ${number} "🔑"`,
      description: random(2) ? `Line 1\nline ${number}` : null,
      environment: random(2) ? 'live' : 'test',
      roleId: some(roles)[0] ?? null,
      grants: some(['orders.read', 'orders.*', '*']),
      teamIds: some(teams),
      ipAllowlist: some(['127.0.0.0/8', '::1']),
      rateLimit: random(3) ? null : { limit: 1_000 + random(100), windowSeconds: 1 + random(60) },
      externalId: random(2) ? `customer-${number}` : null,
      metadata: random(2) ? { number, nested: { text: '\u0000é' } } : {},
      expiresAt: random(3) ? null : server.clock.now() + 3_600_000 * (1 + random(2)),
    };
    const key = await makeApiKey(server, organizationId, policy);
    secrets.add(key.secret);
    if (random(2)) await present(server, key.secret, '127.0.0.1');
    for (let times = random(3); times > 0; times -= 1) {
      server.clock.advance(1_000);
      const overlapSeconds = random(2) ? 86_400 : 0;
      const { result } = await rotateApiKey(ctx, { id: key.id, overlapSeconds });
      secrets.add(result.secret);
      if (random(4) === 0 && overlapSeconds > 0) await revokeApiKeySecret(ctx, { id: result.retiring.id });
    }
    if (random(4) === 0) await updateApiKey(ctx, { id: key.id, enabled: false });
    if (random(4) === 0) await revokeApiKey(ctx, { id: key.id, reason: 'No longer used' });
  }
  const imported = ['one', 'two'].map((name) => keyLine(`${name} ${seed}`, { grants: ['orders.read'] }));
  await moving.keys('import', fileWith(lines(...imported)), '--format', 'jsonl');
  for (const { foreignId } of imported) secrets.add(secretOf(foreignId));
  const others = await importOthers(moving, seed);
  for (const secret of others.used) secrets.add(secret);
  await inviteMember(ctx, { organizationId, email: `person-${seed}@example.com`, roleId: roles[0] ?? '' });
  await server.services.usage.flush();
  const statuses = await statusesOf(moving, secrets);
  await server.services.imported.settled();
  for (const secret of others.unused) statuses.set(secret, 200);
  return statuses;
}

/**
 * Imports two secrets for each algorithm that is replaced at the first use. Those that are not used before the export
 * are still stored by it.
 */
async function importOthers(moving: Moving, seed: number) {
  const secrets: Record<'used' | 'unused', string[]> = { used: [], unused: [] };
  const keys: unknown[] = [];
  for (const [algorithm, hashOf] of Object.entries(HASHES))
    for (const use of ['used', 'unused'] as const) {
      const name = `${algorithm} ${use} ${seed}`;
      const further = secretOf(`${name}, too`);
      const additionalHashes = isPasswordAlgorithm(algorithm as HashAlgorithm) ? [] : [await hashOf(further)];
      keys.push(keyLine(name, { algorithm, hash: await hashOf(secretOf(name)), additionalHashes }));
      secrets[use].push(secretOf(name), ...(additionalHashes.length > 0 ? [further] : []));
    }
  const ran = await moving.keys('import', fileWith(lines(...keys)), '--format', 'jsonl');
  expect(ran).toMatchObject({ code: 0 });
  return secrets;
}

/** What `/verify` answers for each secret. */
async function statusesOf(moving: Moving, secrets: Iterable<string>): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  for (const secret of secrets) statuses.set(secret, await moving.statusOf(secret));
  return statuses;
}

/** The lines of an export, without those that are about the organization itself. */
function contentsOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => !/^\{"type":"(?:organization|member|end)"/.test(line))
    .sort();
}

async function exported(moving: Moving): Promise<string> {
  const path = join(temporaryFolder(), 'export.jsonl');
  expect(await moving.keys('export', '--output', path)).toMatchObject({ code: 0 });
  return path;
}

describe.each(PAIRS)('an export of %s that is imported into %s', (from, to) => {
  const source = movingOn(from);
  const target = movingOn(to);

  test.each(seeds(1))(
    'has every field, and every secret is accepted or denied as before (seed %i)',
    async (seed) => {
      const old = await source();
      const before = await fill(old, seed);
      const path = await exported(old);
      const fresh = await target();
      fresh.server.clock.set(old.server.clock.now());

      const dry = await fresh.keys('import', path, '--format', 'jsonl', '--dry-run', '--json');
      expect(dry).toMatchObject({ code: 0 });
      expect(JSON.parse(dry.stdout)).toMatchObject({ created: KEYS, rejected: 0 });
      const ran = await fresh.keys('import', path, '--format', 'jsonl', '--json');
      expect(ran).toMatchObject({ code: 0 });
      const summary = { dryRun: false, created: KEYS, unchanged: 0, rejected: 0 };
      expect(JSON.parse(ran.stdout)).toMatchObject({ ...summary, notCarriedOver: { member: 2 } });
      expect(new Set(before.values()).size).toBeGreaterThan(1);

      const again = await exported(fresh);
      expect(contentsOf(again)).toEqual(contentsOf(path));
      expect(await statusesOf(fresh, before.keys())).toEqual(before);
      const repeated = await fresh.keys('import', path, '--format', 'jsonl', '--json');
      expect(JSON.parse(repeated.stdout)).toMatchObject({ created: 0, unchanged: KEYS, rejected: 0 });
    },
    PROPERTY_TIMEOUT_MS,
  );
});
