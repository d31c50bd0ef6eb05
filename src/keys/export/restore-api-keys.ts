import { command, type Outcome, type PermittedChange } from '../../command.ts';
import { isId } from '../../core/ids.ts';
import { Input } from '../../core/input.ts';
import { organizationById } from '../../organizations/organization.ts';
import { requireCommandLine } from '../../sessions/require-command-line.ts';
import { requireTeams } from '../../teams/require-teams.ts';
import { statusOf } from '../api-key.ts';
import { addForms } from '../import/add-forms.ts';
import { assertStartQuota, type StartedSecret } from '../import/assert-start-quota.ts';
import { FORMS, isStartForm } from '../import/imported-forms.ts';
import { idsByForeignId } from '../import/insert-imports.ts';
import { readForeignIds } from '../import/read-imports.ts';
import type { KeysContext } from '../pending-usage.ts';
import { assertKeyQuota } from '../policy/assert-key-quota.ts';
import { permissionsInForce } from '../policy/permissions-in-force.ts';
import { policyCreation } from '../policy/policy.ts';
import { insertRestoredKeys } from './insert-restored-keys.ts';
import { type ReadKey, type RestoredKey, readRestoredKeys } from './read-restored-keys.ts';

/** Keys of an export: 1 to 500, all or none. */
export interface RestoreApiKeysInput {
  readonly organizationId: string;
  readonly keys: readonly RestoredKey[];
}

const PERMISSION = 'api.key.import';

/**
 * Creates keys as they are in an export, including expired and revoked ones and all their secrets, but with new IDs: all
 * keys or none. Keys that were imported before, according to their `foreignId`, are not changed. Only for the command
 * line. Rejects with ValidationError, NotFoundError (organization, role or team) or LimitExceededError.
 */
export async function restoreApiKeys(
  ctx: KeysContext,
  { organizationId, keys }: RestoreApiKeysInput,
): Promise<Outcome<{ readonly created: number; readonly unchanged: number }>> {
  requireCommandLine(ctx, PERMISSION);
  const input = new Input();
  const foreignIds = readForeignIds(input, keys);
  input.check();
  const { permissionCatalog: catalog } = await organizationById(ctx.db, organizationId);
  const read = readRestoredKeys(input, keys, { catalog, peppers: ctx.config.importPeppers });
  input.check();
  return command(
    { ...ctx, db: ctx.unhurried },
    { organizationId, permission: PERMISSION },
    async (change) => {
      const before = await idsByForeignId(change.tx, organizationId, foreignIds);
      const added = read.filter((_, index) => !before.has(foreignIds[index] ?? ''));
      if (added.length > 0) await addKeys(change, organizationId, added);
      return { created: added.length, unchanged: keys.length - added.length };
    },
  );
}

async function addKeys(
  change: PermittedChange,
  organizationId: string,
  keys: readonly ReadKey[],
): Promise<void> {
  const { tx, now, audit, repeat } = change;
  await permissionsInForce(
    tx,
    organizationId,
    keys.map(({ policy }) => policy),
  );
  await requireTeams(tx, organizationId, [...new Set(keys.flatMap(({ policy }) => policy.teamIds))]);
  const active = keys.filter(
    (key) => statusOf({ ...key.policy, revokedAt: key.revokedAt }, now) === 'ACTIVE',
  );
  await assertKeyQuota(change, await organizationById(tx, organizationId), now, active.length);
  await assertStartQuota(tx, organizationId, keys.flatMap(startedSecrets));
  await insertRestoredKeys(change, organizationId, keys);
  const forms = new Set(keys.filter(isForeign).flatMap(({ secrets }) => secrets.map(({ form }) => form)));
  if (forms.size > 0) {
    await addForms(tx, forms);
    repeat({ organizationId, action: 'api_key.updated', targetId: FORMS });
  }
  for (const { id, policy, environment, foreignId, createdAt, revokedAt } of keys) {
    const changes = {
      ...policyCreation(policy, environment),
      foreignId: [null, foreignId],
      createdAt: [null, new Date(createdAt).toISOString()],
      ...(revokedAt !== null && { revokedAt: [null, new Date(revokedAt).toISOString()] as const }),
    } as const;
    audit({ organizationId, action: 'api_key.created', targetId: id, changes });
  }
}

function startedSecrets({ path, secrets }: ReadKey): StartedSecret[] {
  return secrets.flatMap(({ form, start }, place) =>
    isStartForm(form) ? [{ path: [...path, 'secrets', String(place), 'start'], start }] : [],
  );
}

/** Secrets of Keywright's own keys are recognized without being listed as imported. */
function isForeign({ foreignId }: ReadKey): boolean {
  return !isId('key', foreignId);
}
