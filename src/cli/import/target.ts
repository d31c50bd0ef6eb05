import type { Issue } from '../../core/errors.ts';
import type { RestoredKey } from '../../keys/export/read-restored-keys.ts';
import type { ImportApiKeyInput } from '../../keys/import/read-imports.ts';
import type { PermissionDefinition } from '../../organizations/organization.ts';
import type { Names } from './translate.ts';

/** What happened to a batch of keys, or would happen. */
export interface Imported {
  readonly created: number;
  readonly unchanged: number;
}

/** A role of an export. */
export interface NewRole {
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly string[];
}

/** Where keys are imported to. Keys are imported all or none. Throws InvalidKeys if some are invalid. */
export interface Target {
  readonly names: Names;
  importKeys(keys: readonly ImportApiKeyInput[]): Promise<Imported>;
  restoreKeys(keys: readonly RestoredKey[]): Promise<Imported>;
  /** Adds what an export has besides keys, unless it exists. Returns why that isn't possible, or null. */
  addPermissions(permissions: readonly PermissionDefinition[]): Promise<string | null>;
  addRole(role: NewRole): Promise<string | null>;
  addTeam(name: string): Promise<string | null>;
}

/** A `foreignId` that isn't unique in its source. */
export const REUSED_FAULT = 'foreignId: was imported before with another secret';

/** Some keys of a batch are invalid, and nothing was changed. */
export class InvalidKeys extends Error {
  /** The reasons, by the index of the key. */
  readonly reasons: ReadonlyMap<number, readonly string[]>;

  constructor(reasons: ReadonlyMap<number, readonly string[]>) {
    super('Some keys are invalid');
    this.reasons = reasons;
  }
}

/** The keys that issues such as `input.keys.3.name` are about. Null if one of them is not about a key. */
export function invalidKeys(issues: readonly Issue[]): InvalidKeys | null {
  const reasons = new Map<number, string[]>();
  for (const { path, message } of issues) {
    const [, list, index, ...field] = path;
    if (list !== 'keys' || index === undefined || !/^\d{1,9}$/.test(index)) return null;
    const at = Number(index);
    reasons.set(at, [...(reasons.get(at) ?? []), `${field.join('.')}: ${message}`]);
  }
  return reasons.size > 0 ? new InvalidKeys(reasons) : null;
}
