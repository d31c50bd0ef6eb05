import type { RestoredKey } from '../../keys/export/read-restored-keys.ts';
import { countByStart } from '../../keys/import/candidates.ts';
import { idsByForeignId } from '../../keys/import/insert-imports.ts';
import type { ImportApiKeyInput } from '../../keys/import/read-imports.ts';
import type { KeysContext } from '../../keys/pending-usage.ts';
import { type IdentifiedKey, Rehearsal } from './rehearsal.ts';
import { type Imported, InvalidKeys, type NewRole, type Target } from './target.ts';

/** A target that changes nothing, as if each batch found what the earlier ones would have added. */
export class DryRunTarget implements Target {
  readonly names: Target['names'];
  readonly #target: Target;
  readonly #ctx: KeysContext;
  readonly #organizationId: string;
  readonly #rehearsal: Rehearsal;

  /** `target` rolls every change back. */
  constructor(target: Target, ctx: KeysContext, organizationId: string) {
    this.names = target.names;
    this.#target = target;
    this.#ctx = ctx;
    this.#organizationId = organizationId;
    this.#rehearsal = new Rehearsal(ctx.config.importPeppers);
  }

  importKeys(keys: readonly ImportApiKeyInput[]): Promise<Imported> {
    return this.#rehearse(keys, identifyImport, (added) => this.#target.importKeys(added));
  }

  restoreKeys(keys: readonly RestoredKey[]): Promise<Imported> {
    return this.#rehearse(keys, identifyRestored, (added) => this.#target.restoreKeys(added));
  }

  addPermissions(...added: Parameters<Target['addPermissions']>): Promise<string | null> {
    return this.#target.addPermissions(...added);
  }

  addRole(role: NewRole): Promise<string | null> {
    return this.#target.addRole(role);
  }

  addTeam(name: string): Promise<string | null> {
    return this.#target.addTeam(name);
  }

  async #rehearse<Key extends { readonly foreignId: string }>(
    keys: readonly Key[],
    identify: (key: Key) => IdentifiedKey,
    work: (keys: readonly Key[]) => Promise<Imported>,
  ): Promise<Imported> {
    const identified = keys.map(identify);
    const existing = await idsByForeignId(
      this.#ctx.db,
      this.#organizationId,
      identified.map(({ foreignId }) => foreignId),
    );
    const isKnown = (key: IdentifiedKey) => existing.has(key.foreignId);
    const places = [...keys.keys()].filter(
      (index) => !this.#rehearsal.has(identified[index] as IdentifiedKey),
    );
    await this.#refuse(identified, isKnown);
    const { created } = await this.#only(places, keys, work);
    for (const index of places) {
      const key = identified[index] as IdentifiedKey;
      if (!isKnown(key)) this.#rehearsal.add(key);
    }
    return { created, unchanged: keys.length - created };
  }

  /** Throws InvalidKeys for keys that an import would reject because of keys of earlier batches. */
  async #refuse(keys: readonly IdentifiedKey[], isKnown: (key: IdentifiedKey) => boolean): Promise<void> {
    const counts = await countByStart(this.#ctx.db, this.#organizationId, this.#rehearsal.starts);
    const reasons = new Map<number, readonly string[]>();
    for (const [index, key] of keys.entries()) {
      if (isKnown(key)) continue;
      const faults = this.#rehearsal.faults(key);
      if (!this.#rehearsal.has(key)) faults.push(...this.#rehearsal.startFaults(key, counts));
      if (faults.length > 0) reasons.set(index, faults);
    }
    if (reasons.size > 0) throw new InvalidKeys(reasons);
  }

  /** Imports the keys at these places. */
  async #only<Key>(
    places: readonly number[],
    keys: readonly Key[],
    work: (keys: readonly Key[]) => Promise<Imported>,
  ): Promise<Imported> {
    if (places.length === 0) return { created: 0, unchanged: 0 };
    try {
      return await work(places.map((index) => keys[index] as Key));
    } catch (error) {
      if (!(error instanceof InvalidKeys)) throw error;
      throw new InvalidKeys(new Map([...error.reasons].map(([at, own]) => [places[at] ?? at, own])));
    }
  }
}

function identifyImport(key: ImportApiKeyInput): IdentifiedKey {
  const { foreignId, algorithm, start, hash, additionalHashes } = key;
  return {
    foreignId,
    secrets: [hash, ...(additionalHashes ?? [])].map((one, place) => ({
      algorithm,
      hash: one,
      start: start ?? '',
      hashField: place === 0 ? 'hash' : `additionalHashes.${place - 1}`,
      startField: 'start',
    })),
  };
}

function identifyRestored({ foreignId, secrets }: RestoredKey): IdentifiedKey {
  return {
    foreignId,
    secrets: secrets.map(({ algorithm, hash, start }, place) => ({
      algorithm,
      hash,
      start,
      hashField: `secrets.${place}.hash`,
      startField: `secrets.${place}.start`,
    })),
  };
}
