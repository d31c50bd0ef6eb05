import {
  type CompiledQuery,
  type Kysely,
  type KyselyPlugin,
  PostgresQueryCompiler,
  SqliteQueryCompiler,
} from 'kysely';
import type { Engine, Scans } from '../../db/open.ts';
import type { Tables } from '../../db/tables.ts';
import type { TestServices } from './services.ts';

/** What the statements of some work do, one entry each, beyond walking along an index as far as a page goes. */
export interface Planned {
  readonly sql: string;
  /** `SCAN api_keys`, `SORT` and the like; empty: nothing that takes longer the more rows there are. */
  readonly steps: readonly string[];
  /** The plan, for the message of a failure. */
  readonly plan: string;
}

/** Services whose statements, those of scans too, are noted with their values. */
export function withNotes(services: TestServices, engine: Engine, notes: CompiledQuery[]): TestServices {
  const compiler = engine === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler();
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      notes.push(compiler.compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const { scans } = services;
  const noted: Scans = {
    // `db` comes with the plugin already.
    reader: async (db, ...of) => marked(db, await scans.reader(db, ...of), plugin),
    readerOfAll: async (db) => marked(db, await scans.readerOfAll(db), plugin),
  };
  return { ...services, db: services.db.withPlugin(plugin), scans: noted };
}

function marked(db: Kysely<Tables>, reader: Kysely<Tables>, plugin: KyselyPlugin): Kysely<Tables> {
  return reader === db ? reader : reader.withPlugin(plugin);
}

/** What the engine would do for a statement as things are. */
export async function planOf(db: Kysely<Tables>, engine: Engine, query: CompiledQuery): Promise<Planned> {
  const plan = engine === 'sqlite' ? await sqlitePlan(db, query) : await postgresPlan(db, query);
  return { sql: query.sql, ...plan };
}

type Plan = Pick<Planned, 'steps' | 'plan'>;

async function sqlitePlan(db: Kysely<Tables>, query: CompiledQuery): Promise<Plan> {
  const { rows } = await db.executeQuery<{ detail: string }>({
    ...query,
    sql: `explain query plan ${query.sql}`,
  } as CompiledQuery<{ detail: string }>);
  const details = rows.map(({ detail }) => detail);
  return { plan: details.join('\n'), steps: details.flatMap(costly) };
}

/** Walking all of a table or of an index, and sorting; a table that is the statement's own holds what it has found. */
function costly(detail: string): string[] {
  if (detail.startsWith('USE TEMP B-TREE')) return ['SORT'];
  if (/^SCAN (?!\(|CONSTANT|matches)/.test(detail)) return [detail.replace(/ VIRTUAL TABLE.*/, '')];
  if (/AUTOMATIC/.test(detail)) return [detail];
  return [];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Node[];
}

async function postgresPlan(db: Kysely<Tables>, query: CompiledQuery): Promise<Plan> {
  const { rows } = await db.executeQuery<{ 'QUERY PLAN': readonly { Plan: Node }[] }>({
    ...query,
    sql: `explain (format json) ${query.sql}`,
  } as CompiledQuery<{ 'QUERY PLAN': readonly { Plan: Node }[] }>);
  const roots = rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan));
  const lines: string[] = [];
  const steps = roots.flatMap((root) => walk(root, 0, lines));
  return { plan: lines.join('\n'), steps };
}

function walk(node: Node, depth: number, lines: string[]): string[] {
  const type = node['Node Type'];
  const of = node['Index Name'] ?? node['Relation Name'] ?? '';
  lines.push(`${' '.repeat(2 * depth)}${type} ${of} ${node['Index Cond'] ?? ''}`.trimEnd());
  const below = (node.Plans ?? []).flatMap((child) => walk(child, depth + 1, lines));
  const isScan = type === 'Seq Scan' || (type.startsWith('Index') && !node['Index Cond']);
  if (isScan) return [`SCAN ${of}`, ...below];
  return type === 'Sort' || type === 'Incremental Sort'
    ? [type === 'Sort' ? 'SORT' : 'PARTIAL SORT', ...below]
    : below;
}
