import type { Transaction } from 'kysely';
import type { Tables } from '../../../db/tables/tables.ts';
import { authorize, authorizeSomewhere } from '../../access/authorize.ts';
import { refuseEscalation } from '../../access/escalation.ts';
import { isInScope } from '../../access/key-scope.ts';
import { command, type Outcome, type PermittedChange } from '../../command.ts';
import type { Clock } from '../../core/clock.ts';
import { Input } from '../../core/input.ts';
import { Turns } from '../../core/paced.ts';
import { organizationById } from '../../organizations/organization.ts';
import { resolveOrganizationId } from '../../organizations/resolve-organization.ts';
import { requireTeams } from '../../teams/require-teams.ts';
import { statusOf } from '../api-key.ts';
import type { KeysContext } from '../pending-usage.ts';
import { assertKeyQuota } from '../policy/assert-key-quota.ts';
import { permissionsInForce } from '../policy/permissions-in-force.ts';
import { limitsOf, policyCreation } from '../policy/policy.ts';
import { addForms } from './add-forms.ts';
import { assertStartQuota } from './assert-start-quota.ts';
import { FORMS } from './imported-forms.ts';
import {
  EXISTS_FAULT,
  idsByForeignId,
  insertKeys,
  insertSecrets,
  type NewImport,
  newImport,
} from './insert-imports.ts';
import { isPasswordAlgorithm } from './password-hash.ts';
import {
  hashPath,
  type ImportApiKeyInput,
  type ImportedKey,
  readForeignIds,
  readImports,
} from './read-imports.ts';

/** Keys of another system: 1 to 500, all or none. */
export interface ImportApiKeysInput {
  readonly organizationId?: string | null | undefined;
  readonly keys: readonly ImportApiKeyInput[];
}

/** Imported keys. */
export interface ImportedApiKeys {
  /** In the order of the input, without keys that had been imported before if the caller can't view them. */
  readonly apiKeyIds: readonly string[];
  readonly created: number;
  /** Number of keys that had been imported before. They are as they were, whatever the input says. */
  readonly unchanged: number;
}

const PERMISSION = 'api.key.import';
const KEYS_MAX = 500;

/**
 * Imports keys of another system with the hashes of their secrets, which continue to be accepted: all keys or none. A
 * key that was imported before, according to its `foreignId`, is not changed. Requires `api.key.import` and every
 * permission that the new keys will have. A calling key can't exceed its own restrictions. Rejects with ValidationError,
 * NotFoundError (organization, role or team), EscalationError or LimitExceededError.
 *
 * A secret that exists already is rejected if its key is in an organization of the caller. Otherwise, the key is
 * imported as if it didn't exist, so that nothing is revealed, and its secret remains that of the other key.
 */
export async function importApiKeys(
  ctx: KeysContext,
  params: ImportApiKeysInput,
): Promise<Outcome<ImportedApiKeys>> {
  authorizeSomewhere(ctx, PERMISSION);
  const organizationId = resolveOrganizationId(ctx, params.organizationId);
  authorize(ctx, organizationId, PERMISSION);
  const input = new Input();
  const keys = input.list(['input', 'keys'], params.keys, KEYS_MAX);
  if (params.keys.length === 0) input.fault(['input', 'keys'], 'REQUIRED', 'must contain at least one key');
  const foreignIds = readForeignIds(input, keys);
  input.check();
  const { permissionCatalog: catalog } = await organizationById(ctx.db, organizationId);
  const known = new Set((await idsByForeignId(ctx.db, organizationId, foreignIds)).keys());
  const imports = await readImports(input, keys, {
    foreignIds,
    known,
    clock: ctx.clock,
    catalog,
    peppers: ctx.config.importPeppers,
  });
  input.check();
  // This takes long enough that other requests should be served in between.
  return command(
    { ...ctx, db: ctx.unhurried },
    { organizationId, permission: PERMISSION },
    async (change) => {
      const before = await idsByForeignId(change.tx, organizationId, foreignIds);
      await refuseInvisible(change, foreignIds, before);
      const added = imports.filter(({ foreignId }) => !before.has(foreignId));
      const ids = await addKeys(ctx.clock, change, organizationId, added);
      const mayView = change.principal.can(organizationId, 'api.key.view');
      const all = mayView ? new Map([...before, ...ids]) : ids;
      return {
        apiKeyIds: foreignIds.flatMap((foreignId) => all.get(foreignId) ?? []),
        created: added.length,
        unchanged: keys.length - added.length,
      };
    },
  );
}

/** A caller limited to teams can't have keys of other teams returned. */
async function refuseInvisible(
  { tx, principal: { keyScope } }: PermittedChange,
  foreignIds: readonly string[],
  before: ReadonlyMap<string, string>,
): Promise<void> {
  if (!keyScope || before.size === 0) return;
  const visible = await tx
    .selectFrom('api_keys')
    .select('id')
    .where('id', 'in', [...before.values()])
    .where(isInScope(keyScope, 'api_keys.id'))
    .execute();
  const ids = new Set(visible.map(({ id }) => id));
  const input = new Input();
  foreignIds.forEach((foreignId, index) => {
    const id = before.get(foreignId);
    if (id !== undefined && !ids.has(id))
      input.fault(
        ['input', 'keys', String(index), 'foreignId'],
        'DUPLICATE',
        'belongs to an API key of other teams',
      );
  });
  input.check();
}

/** Returns the IDs of the new keys by their ID in the other system. */
async function addKeys(
  clock: Clock,
  change: PermittedChange,
  organizationId: string,
  imports: readonly ImportedKey[],
): Promise<Map<string, string>> {
  if (imports.length === 0) return new Map();
  const { tx, now, principal, audit, repeat } = change;
  const policies = imports.map(({ policy }) => policy);
  const permissions = await permissionsInForce(tx, organizationId, policies);
  const limits = imports.map(({ policy, environment }) => limitsOf(policy, environment));
  await refuseEscalation(principal, organizationId, permissions, limits);
  const teamIds = new Set(policies.flatMap((policy) => policy.teamIds));
  await requireTeams(tx, organizationId, [...teamIds]);
  const active = policies.filter((policy) => statusOf({ ...policy, revokedAt: null }, now) === 'ACTIVE');
  await assertKeyQuota(change, await organizationById(tx, organizationId), now, active.length);

  const turns = new Turns(clock);
  const keys: NewImport[] = [];
  for (const key of imports) {
    keys.push(newImport(key, organizationId, now));
    if (turns.isOver) await turns.rest();
  }
  const candidates = keys.filter(({ algorithm }) => isPasswordAlgorithm(algorithm));
  await assertStartQuota(
    tx,
    organizationId,
    candidates.flatMap(({ path, start, secrets }) =>
      secrets.map(() => ({ path: [...path, 'start'], start })),
    ),
  );
  await insertKeys(tx, keys, { organizationId, actor: principal.actor, now });
  await addSecrets(change, organizationId, keys);
  await addForms(tx, new Set(keys.flatMap(({ hashes }) => hashes.map(({ form }) => form))));
  for (const { id, policy, environment, foreignId, algorithm, createdAt } of keys) {
    const origin = { foreignId, algorithm, createdAt: new Date(createdAt ?? now).toISOString() };
    const changes = { ...policyCreation(policy, environment), ...asCreated(origin) };
    audit({ organizationId, action: 'api_key.created', targetId: id, changes });
    if (turns.isOver) await turns.rest();
  }
  repeat({ organizationId, action: 'api_key.updated', targetId: FORMS });
  return new Map(keys.map(({ foreignId, id }) => [foreignId, id]));
}

function asCreated(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, [null, value] as const]));
}

/** Adds the secrets of new keys. */
async function addSecrets(
  { tx, principal }: PermittedChange,
  organizationId: string,
  keys: readonly NewImport[],
): Promise<void> {
  const secrets = keys.flatMap((key) => key.secrets);
  const taken = await insertSecrets(tx, secrets);
  if (taken.size === 0) return;
  const input = new Input();
  const elsewhere: NewImport['secrets'][number][] = [];
  for (const key of keys)
    for (const [place, secret] of key.secrets.entries()) {
      if (!taken.has(secret.id)) continue;
      const owner = await ownerOf(tx, secret.hash);
      if (owner === organizationId || principal.isOf(owner))
        input.fault(hashPath(key.path, place), 'DUPLICATE', EXISTS_FAULT);
      else elsewhere.push({ ...secret, hash: `taken:${secret.id}:${secret.hash}` });
    }
  input.check();
  await insertSecrets(tx, elsewhere, secrets);
}

/** The organization of the key with this hash. */
async function ownerOf(tx: Transaction<Tables>, hash: string): Promise<string> {
  const { organization_id } = await tx
    .selectFrom('api_key_secrets')
    .innerJoin('api_keys', 'api_keys.id', 'api_key_secrets.api_key_id')
    .select('api_keys.organization_id')
    .where('api_key_secrets.hash', '=', hash)
    .executeTakeFirstOrThrow();
  return organization_id;
}
