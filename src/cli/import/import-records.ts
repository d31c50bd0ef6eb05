import { EXPORT_VERSION } from '../../keys/export/export-organization.ts';
import type { RestoredKey } from '../../keys/export/read-restored-keys.ts';
import type { ImportApiKeyInput } from '../../keys/import/read-imports.ts';
import { Fields } from './fields.ts';
import { readExportedKey } from './read-exported.ts';
import { type ExportRecord, rejected, type SourceRecord } from './record.ts';
import type { Report } from './report.ts';
import { type Imported, InvalidKeys, type Target } from './target.ts';
import { type Translation, translate } from './translate.ts';

/** Maximum number of keys of a batch: `importApiKeys` takes no more. */
const BATCH = 500;

interface Ready<Key> {
  readonly line: number;
  readonly key: Key;
  readonly lost: readonly string[];
}

/** Imports records in their order. Keys are imported in batches, each completely or, after an interruption, not at all. */
export class Importer {
  readonly #target: Target;
  readonly #translation: Translation;
  readonly #report: Report;
  readonly #keys: Ready<ImportApiKeyInput>[] = [];
  readonly #restored: Ready<RestoredKey>[] = [];
  #isCutOff = false;

  constructor(target: Target, translation: Translation, report: Report) {
    this.#target = target;
    this.#translation = translation;
    this.#report = report;
  }

  /** Whether an export was read whose last line is missing. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /** Adds a record, and imports a batch if it is full. */
  async add(record: SourceRecord): Promise<void> {
    const { line } = record;
    if (record.type === 'rejected') return this.#report.reject(record);
    if (record.type === 'export') return this.#addExported(record);
    const translated = translate(record.key, this.#translation, this.#target.names);
    if ('reasons' in translated)
      return this.#report.reject(rejected(line, translated.reasons, record.key.foreignId));
    const { role: _role, teams: _teams, ...key } = record.key;
    const environment = key.environment ?? this.#translation.environment;
    this.#keys.push({ line, key: { ...key, environment, ...translated }, lost: record.lost });
    if (this.#keys.length >= BATCH) await this.flush();
  }

  /** Imports the keys that were added. Those that are invalid are rejected, and the others are imported. */
  async flush(): Promise<void> {
    await this.#flush(this.#keys.splice(0), (keys) => this.#target.importKeys(keys));
    await this.#flush(this.#restored.splice(0), (keys) => this.#target.restoreKeys(keys));
  }

  async #flush<Key extends ImportApiKeyInput | RestoredKey>(
    ready: readonly Ready<Key>[],
    work: (keys: readonly Key[]) => Promise<Imported>,
  ): Promise<void> {
    for (let batch = ready; batch.length > 0; ) {
      try {
        const { created, unchanged } = await work(batch.map(({ key }) => key));
        this.#report.created += created;
        this.#report.unchanged += unchanged;
        for (const { lost } of batch) this.#report.lose(lost);
        return;
      } catch (error) {
        if (!(error instanceof InvalidKeys)) throw error;
        const { reasons } = error;
        for (const [index, { line, key }] of batch.entries()) {
          const own = reasons.get(index);
          if (own) await this.#report.reject(rejected(line, own, key.foreignId));
        }
        const valid = batch.filter((_, index) => !reasons.has(index));
        if (valid.length === batch.length) throw error;
        batch = valid;
      }
    }
  }

  async #addExported({ line, value }: ExportRecord): Promise<void> {
    if (value.type === 'key') await this.#addExportedKey(line, value);
    else {
      // The keys that follow may need it.
      await this.flush();
      const reason = await this.#addOther(value);
      if (reason !== null) await this.#report.reject(rejected(line, [reason]));
    }
    if (value.type === 'end') this.#isCutOff = false;
    else if (value.type === 'organization') this.#isCutOff = true;
  }

  async #addExportedKey(line: number, value: ExportRecord['value']): Promise<void> {
    const read = readExportedKey(value);
    if (!('foreignId' in read)) return this.#report.reject(rejected(line, read, value.foreignId));
    const { role, teams, ...key } = read;
    const named = { role: role ?? undefined, teams, grants: key.grants ?? undefined };
    const translated = translate(named, this.#translation, this.#target.names);
    if ('reasons' in translated)
      return this.#report.reject(rejected(line, translated.reasons, key.foreignId));
    this.#restored.push({ line, key: { ...key, ...translated }, lost: [] });
    if (this.#restored.length >= BATCH) await this.flush();
  }

  /** Adds a line of an export that is not a key. Returns why that isn't possible, or null. */
  async #addOther(value: ExportRecord['value']): Promise<string | null> {
    const fields = new Fields(value);
    const name = fields.filled('name') ?? '';
    const description = fields.filled('description') ?? null;
    const permissions = fields.texts('permissions') ?? [];
    const catalog = (fields.objects('permissionCatalog') ?? []).map((one) => {
      const inner = new Fields(one);
      return { name: inner.filled('name') ?? '', description: inner.filled('description') ?? null };
    });
    const version = fields.whole('version');
    const [fault] = fields.faults;
    if (fault !== undefined) return fault;
    switch (value.type) {
      case 'organization':
        if (version !== EXPORT_VERSION) return `version: must be ${EXPORT_VERSION}`;
        return this.#target.addPermissions(catalog);
      case 'role':
        if (this.#translation.roles.has(name)) return null;
        return this.#target.addRole({ name, description, permissions });
      case 'team':
        return this.#target.addTeam(name);
      case 'member':
        this.#report.lose(['member']);
        return null;
      case 'end':
        return null;
      default:
        return 'type: is unknown';
    }
  }
}
