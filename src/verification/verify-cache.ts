import { LRUCache } from 'lru-cache';
import type { Stale } from '../cluster/stale.ts';
import type { VerifiableKey } from './services.ts';

/** A role, as far as verification needs it. */
export interface RoleRow {
  readonly role_name: string | null;
  /** A list in JSON. */
  readonly role_permissions: string | null;
}

/** The state of one organization's changes, kept while one of its keys is cached. */
export interface CachedOrganization {
  readonly id: string;
  /** All changes up to this sequence have been applied to the cache. */
  applied: number;
  /** When it was last known that nothing after `applied` was committed; `performance.now()`. */
  confirmedAt: number;
  /** Incremented when all cached data of the organization may have changed. */
  version: number;
  keys: number;
  /** Roles of its keys, by id. Valid as long as no change has affected any of them. */
  readonly roles: Map<string, RoleRow>;
}

/** A cached key. */
export interface CacheEntry {
  readonly key: VerifiableKey;
  readonly hash: string;
  /** When the read of this entry was sent; `performance.now()`. */
  readonly readAt: number;
  readonly organization: CachedOrganization;
  readonly version: number;
  /** Another cached secret of the same key. */
  next: CacheEntry | null;
}

/** Changes that arrived while a read was in progress. */
export interface ReadUnderWay {
  /** By organization, the last change that concerns all its keys; by key, the last that concerns it. */
  readonly changes: Map<string, number>;
  /** Whether everything may have changed. */
  all: boolean;
}

/**
 * The most recently used keys by the hash of a secret, without those affected by a change. It only stores and evicts;
 * its owner must pass on every change.
 */
export class VerifyCache {
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #byKey = new Map<string, CacheEntry>();
  readonly #organizations = new Map<string, CachedOrganization>();
  readonly #reads = new Set<ReadUnderWay>();

  constructor(max: number) {
    this.#entries = new LRUCache({ max, dispose: (entry) => this.#forgotten(entry) });
  }

  get(hash: string): CacheEntry | undefined {
    const entry = this.#entries.get(hash);
    if (entry === undefined || entry.version === entry.organization.version) return entry;
    this.#entries.delete(hash);
    return undefined;
  }

  /** Caches a key that was read when `sequence` was its organization's last change, by a read sent at `readAt`. */
  put(hash: string, key: VerifiableKey, sequence: number, readAt: number): CacheEntry {
    const organization = this.#organization(key.organizationId, sequence, readAt);
    organization.keys += 1;
    const { version } = organization;
    const entry = { key, hash, readAt, organization, version, next: null };
    this.#entries.set(hash, entry);
    this.#link(entry);
    return entry;
  }

  /** Call before sending a read that changes may overtake; `endRead` ends it. */
  startRead(): ReadUnderWay {
    const read: ReadUnderWay = { changes: new Map(), all: false };
    this.#reads.add(read);
    return read;
  }

  endRead(read: ReadUnderWay): void {
    this.#reads.delete(read);
  }

  /** Applies changes, announced or read from the log, in any order. */
  apply({ organizationId, first, last, keyIds }: Stale): void {
    if (organizationId === null) return this.#forgetAll();
    for (const id of keyIds ?? [organizationId]) this.#overtake(id, last);
    const organization = this.#organizations.get(organizationId);
    if (!organization) return;
    if (keyIds === null) this.#forgetOrganization(organization);
    else for (const keyId of keyIds) this.#forgetKey(keyId);
    if (first <= organization.applied + 1) organization.applied = Math.max(organization.applied, last);
  }

  /** Evicts all keys of an organization with unknown changes, and continues from `sequence`. */
  forget(organization: CachedOrganization, sequence: number): void {
    this.#overtake(organization.id, sequence);
    this.#forgetOrganization(organization);
    organization.applied = sequence;
  }

  organization(id: string): CachedOrganization | undefined {
    return this.#organizations.get(id);
  }

  /** Number of cached keys, including those affected by a change and not requested since. */
  get size(): number {
    return this.#entries.size;
  }

  #overtake(id: string, sequence: number): void {
    for (const { changes } of this.#reads) if (sequence > (changes.get(id) ?? 0)) changes.set(id, sequence);
  }

  #forgetAll(): void {
    for (const read of this.#reads) read.all = true;
    this.#entries.clear();
  }

  #organization(id: string, sequence: number, readAt: number): CachedOrganization {
    const known = this.#organizations.get(id);
    if (known) {
      if (sequence === known.applied && readAt > known.confirmedAt) known.confirmedAt = readAt;
      return known;
    }
    const roles = new Map<string, RoleRow>();
    const made = { id, applied: sequence, confirmedAt: readAt, version: 0, keys: 0, roles };
    this.#organizations.set(id, made);
    return made;
  }

  #forgetOrganization(organization: CachedOrganization): void {
    organization.version += 1;
    organization.roles.clear();
  }

  #forgetKey(keyId: string): void {
    let entry = this.#byKey.get(keyId) ?? null;
    while (entry) {
      const { next } = entry;
      this.#entries.delete(entry.hash);
      entry = next;
    }
  }

  #link(entry: CacheEntry): void {
    const { keyId } = entry.key;
    entry.next = this.#byKey.get(keyId) ?? null;
    this.#byKey.set(keyId, entry);
  }

  /** Called for every entry that is evicted, for any reason. */
  #forgotten(entry: CacheEntry): void {
    const { organization } = entry;
    organization.keys -= 1;
    if (organization.keys === 0) this.#organizations.delete(organization.id);
    const { keyId } = entry.key;
    const first = this.#byKey.get(keyId);
    if (first === entry) {
      if (entry.next) this.#byKey.set(keyId, entry.next);
      else this.#byKey.delete(keyId);
      return;
    }
    for (let before = first; before; before = before.next ?? undefined)
      if (before.next === entry) before.next = entry.next;
  }
}
