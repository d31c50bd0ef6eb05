import { setTimeout as pause } from 'node:timers/promises';
import type { EventBus } from '../../cluster/bus.ts';
import type { Outcome } from '../../command.ts';
import { AppError, UnavailableError, ValidationError } from '../../core/errors.ts';
import { foldName } from '../../core/input.ts';
import type { RestoredKey } from '../../keys/export/read-restored-keys.ts';
import { restoreApiKeys } from '../../keys/export/restore-api-keys.ts';
import { reusedForeignIds } from '../../keys/export/reused-foreign-ids.ts';
import { importApiKeys } from '../../keys/import/import-api-keys.ts';
import type { ImportApiKeyInput } from '../../keys/import/read-imports.ts';
import type { KeysContext } from '../../keys/pending-usage.ts';
import { organizationById, type PermissionDefinition } from '../../organizations/organization.ts';
import { updateOrganization } from '../../organizations/update-organization.ts';
import { createRole } from '../../roles/create-role.ts';
import { ROLE_COLUMNS, type Role, toRole } from '../../roles/role.ts';
import { createTeam } from '../../teams/create-team.ts';
import { NameIndex } from './names.ts';
import {
  type Imported,
  InvalidKeys,
  invalidKeys,
  type NewRole,
  REUSED_FAULT,
  type Target,
} from './target.ts';

/** How often a batch is tried while the database is unavailable, and the longest pause in between, seconds. */
const TRIES = 20;
const PAUSE_MAX_SECONDS = 10;

/** Thrown where a change would be committed. */
class RolledBack extends Error {
  readonly created: number;

  constructor(created: number) {
    super('Nothing was changed');
    this.created = created;
  }
}

/** The configured database, with all its checks. With `dryRun`, every change is rolled back. */
export class DatabaseTarget implements Target {
  readonly names: NameIndex;
  readonly #announcements = new Set<Promise<unknown>>();
  readonly #ctx: KeysContext;
  readonly #organizationId: string;
  readonly #dryRun: boolean;
  readonly #roles: Map<string, Role>;
  /** Permissions that would have been added to the catalog. */
  readonly #pending = new Set<string>();

  private constructor(
    ctx: KeysContext,
    {
      organizationId,
      dryRun,
      names,
      roles,
    }: { organizationId: string; dryRun: boolean; names: NameIndex; roles: readonly Role[] },
  ) {
    this.#ctx = dryRun ? rollingBack(ctx) : this.#withoutWaiting(ctx);
    this.#organizationId = organizationId;
    this.#dryRun = dryRun;
    this.names = names;
    this.#roles = new Map(roles.map((role) => [foldName(role.name), role]));
  }

  /** Reads the names of the organization's roles and teams. Rejects with NotFoundError. */
  static async open(ctx: KeysContext, organizationId: string, dryRun: boolean): Promise<DatabaseTarget> {
    await organizationById(ctx.db, organizationId);
    const rows = await ctx.db
      .selectFrom('current_roles')
      .select(ROLE_COLUMNS)
      .where('organization_id', '=', organizationId)
      .execute();
    const teams = await ctx.db
      .selectFrom('teams')
      .select(['id', 'name'])
      .where('organization_id', '=', organizationId)
      .execute();
    const roles = rows.map(toRole);
    return new DatabaseTarget(ctx, { organizationId, dryRun, names: new NameIndex(roles, teams), roles });
  }

  async importKeys(keys: readonly ImportApiKeyInput[]): Promise<Imported> {
    await this.#refuseReused(keys.map(({ foreignId, ...secret }) => ({ foreignId, secrets: [secret] })));
    return this.#change(keys, (known) =>
      importApiKeys(this.#ctx, { organizationId: this.#organizationId, keys: known }),
    );
  }

  async restoreKeys(keys: readonly RestoredKey[]): Promise<Imported> {
    await this.#refuseReused(keys);
    return this.#change(keys, (known) =>
      restoreApiKeys(this.#ctx, { organizationId: this.#organizationId, keys: known }),
    );
  }

  async addPermissions(added: readonly PermissionDefinition[]): Promise<string | null> {
    const { permissionCatalog } = await organizationById(this.#ctx.db, this.#organizationId);
    const known = new Set(permissionCatalog.map(({ name }) => name));
    const missingOnes = added.filter(({ name }) => !known.has(name));
    if (missingOnes.length === 0) return null;
    for (const { name } of missingOnes) this.#pending.add(name);
    return this.#add(async () => {
      const catalog = [...permissionCatalog, ...missingOnes];
      await updateOrganization(this.#ctx, { id: this.#organizationId, permissionCatalog: catalog });
    });
  }

  async addRole(role: NewRole): Promise<string | null> {
    const existing = this.#roles.get(foldName(role.name));
    if (existing && isSame(existing.permissions, role.permissions)) return null;
    if (existing) {
      this.names.remove('role', existing);
      return 'permissions: differ from those of the role with this name, so keys with this role are rejected: use --map-role';
    }
    const permissions = this.#dryRun ? this.#without(role.permissions) : role.permissions;
    this.names.add('role', { id: '', name: role.name });
    return this.#add(async () => {
      const { result } = await createRole(this.#ctx, {
        ...role,
        permissions,
        organizationId: this.#organizationId,
      });
      this.#roles.set(foldName(role.name), result);
      this.names.add('role', result);
    });
  }

  async addTeam(name: string): Promise<string | null> {
    if (this.names.team(name) !== null) return null;
    this.names.add('team', { id: '', name });
    return this.#add(async () => {
      const { result } = await createTeam(this.#ctx, { name, organizationId: this.#organizationId });
      this.names.add('team', result);
    });
  }

  /** Waits until no server relies on the state before the import. */
  async close(): Promise<void> {
    await Promise.all(this.#announcements);
  }

  /** Confirmations don’t reach this process, so that each announcement takes as long as other servers use caches without one. */
  #withoutWaiting(ctx: KeysContext): KeysContext {
    const announce: EventBus['announce'] = async (changes) => {
      const announced = ctx.bus.announce(changes).finally(() => this.#announcements.delete(announced));
      this.#announcements.add(announced);
      return { confirmedNodes: 0, totalNodes: 0, milliseconds: 0 };
    };
    return { ...ctx, bus: { ...ctx.bus, announce } };
  }

  async #add(work: () => Promise<void>): Promise<string | null> {
    try {
      await work();
      return null;
    } catch (error) {
      if (error instanceof RolledBack) return null;
      if (error instanceof AppError && !(error instanceof UnavailableError)) return error.message;
      throw error;
    }
  }

  async #change<Key extends ImportApiKeyInput | RestoredKey>(
    keys: readonly Key[],
    work: (keys: readonly Key[]) => Promise<Outcome<Imported>>,
  ): Promise<Imported> {
    const input = this.#dryRun ? keys.map((key) => this.#possible(key)) : keys;
    for (let tries = 1; ; tries += 1) {
      try {
        const { created, unchanged } = (await work(input)).result;
        return { created, unchanged };
      } catch (error) {
        if (error instanceof RolledBack)
          return { created: error.created, unchanged: keys.length - error.created };
        if (error instanceof ValidationError) throw invalidKeys(error.issues) ?? error;
        // A batch that was committed although its answer was lost changes nothing when it is repeated.
        if (!(error instanceof UnavailableError) || tries >= TRIES) throw error;
        await pause(Math.min(Math.max(tries, error.retryAfterSeconds), PAUSE_MAX_SECONDS) * 1_000);
      }
    }
  }

  /** A key without what would be added before it. */
  #possible<Key extends ImportApiKeyInput | RestoredKey>(key: Key): Key {
    const { roleId, teamIds, grants } = key;
    return {
      ...key,
      roleId: roleId === '' ? null : roleId,
      teamIds: teamIds?.filter((id) => id !== ''),
      grants: grants && this.#without(grants),
    };
  }

  #without(permissions: readonly string[]): string[] {
    return permissions.filter((permission) => !this.#pending.has(permission));
  }

  /** A `foreignId` that isn't unique in its source would otherwise lose all of its keys but one. */
  async #refuseReused(keys: Parameters<typeof reusedForeignIds>[2]): Promise<void> {
    const reused = await reusedForeignIds(this.#ctx.db, this.#organizationId, keys);
    if (reused.length === 0) return;
    throw new InvalidKeys(new Map(reused.map((index) => [index, [REUSED_FAULT]])));
  }
}

/** A context whose changes do everything but commit. */
function rollingBack(ctx: KeysContext): KeysContext {
  const prepare: EventBus['prepare'] = async (_tx, changes) => {
    throw new RolledBack(changes.filter(({ action }) => action === 'api_key.created').length);
  };
  return { ...ctx, bus: { ...ctx.bus, prepare } };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return [...new Set(some)].sort().join() === [...new Set(others)].sort().join();
}
