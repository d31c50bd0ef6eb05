import {
  type CompiledQuery,
  type Kysely,
  type KyselyPlugin,
  PostgresQueryCompiler,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Engine, Scans } from '../../db/open.ts';
import { TABLE_NAMES } from '../../db/tables/table-keys.ts';
import type { Tables } from '../../db/tables/tables.ts';
import type { ServerServices } from '../../src/graphql/context.ts';

/** What a statement does beyond looking rows up, and walking along an index as far as a page goes. */
export interface Planned {
  readonly sql: string;
  /** `SCAN api_keys`, `SORT` and the like, each once; empty: nothing that takes longer the more rows there are. */
  readonly steps: readonly string[];
  /** The plan, for the message of a failure. */
  readonly plan: string;
}

/** A note of statements with their values, in the order in which they went to the database. */
export class Notes {
  readonly #compiler: SqliteQueryCompiler | PostgresQueryCompiler;
  #taken: { readonly query: CompiledQuery; readonly text: string }[] = [];

  constructor(engine: Engine) {
    this.#compiler = engine === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler();
  }

  /** ServerServices whose statements are noted, those of scans too. */
  on<T extends Pick<ServerServices, 'db' | 'scans'>>(services: T): T {
    const { scans } = services;
    const noted: Scans = {
      reader: async (db, ...of) => this.#reading(db, await scans.reader(db, ...of)),
      readerOfAll: async (db) => this.#reading(db, await scans.readerOfAll(db)),
    };
    return { ...services, db: services.db.withPlugin(this.#plugin), scans: noted };
  }

  /** What was noted since the last call, parts of other statements left out: Kysely shows them on their own too. */
  take(): CompiledQuery[] {
    const taken = this.#taken;
    this.#taken = [];
    const isPart = (text: string) =>
      taken.some((other) => other.text.length > text.length && other.text.includes(text));
    return taken.filter(({ text }) => !isPart(text)).map(({ query }) => query);
  }

  readonly #plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const text = new SqliteQueryCompiler().compileQuery(node, queryId).sql;
      this.#taken.push({ query: this.#compiler.compileQuery(node, queryId), text });
      return node;
    },
    transformResult: async ({ result }) => result,
  };

  /** `db` comes with the plugin already. */
  #reading(db: Kysely<Tables>, reader: Kysely<Tables>): Kysely<Tables> {
    return reader === db ? reader : reader.withPlugin(this.#plugin);
  }
}

/** What the engine would do for a statement, with the statistics that it has. */
export async function planOf(db: Kysely<Tables>, engine: Engine, query: CompiledQuery): Promise<Planned> {
  const { steps, plan } = await (engine === 'sqlite' ? sqlitePlan(db, query) : postgresPlan(db, query));
  return { sql: query.sql, steps: [...new Set(steps)], plan };
}

type Plan = Pick<Planned, 'steps' | 'plan'>;

interface Line {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

async function sqlitePlan(db: Kysely<Tables>, query: CompiledQuery): Promise<Plan> {
  const explained = { ...query, sql: `explain query plan ${query.sql}` } as CompiledQuery<Line>;
  const { rows } = await db.executeQuery(explained);
  const steps = rows.flatMap(({ detail, parent }) => {
    const [, word, name = ''] = /^(SCAN|SEARCH) (\S+)/.exec(detail) ?? [];
    if (word === 'SCAN' && TABLE_NAMES.has(name)) return [`SCAN ${name}`];
    if (/AUTOMATIC/.test(detail)) return [`INDEX OF ITS OWN ${name}`];
    // What tells equal rows apart gives each at once.
    if (!detail.startsWith('USE TEMP B-TREE') || detail.endsWith('FOR DISTINCT')) return [];
    // What begins with a few rows that were found before has few to sort.
    const first = rows.find((line) => line.parent === parent && /^(SCAN|SEARCH) /.test(line.detail));
    return FOUND.test(first?.detail ?? '') ? [] : ['SORT'];
  });
  return { plan: rows.map(({ detail }) => detail).join('\n'), steps };
}

/** Rows of a page, or keys of which there are few. */
const FOUND = /^SCAN (page|matches)\b/;

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'CTE Name'?: string;
  readonly 'One-Time Filter'?: string;
  readonly Alias?: string;
  readonly Plans?: readonly Node[];
}

/** Without joins that read a table as a whole, which are faster while it is small. */
async function postgresPlan(db: Kysely<Tables>, query: CompiledQuery): Promise<Plan> {
  const explained = { ...query, sql: `explain (format json) ${query.sql}` };
  const { rows } = await db.transaction().execute(async (tx) => {
    const ways = ['seqscan', 'hashjoin', 'mergejoin'].map(
      (way) => sql`set_config(${`enable_${way}`}, 'off', true)`,
    );
    await sql`select ${sql.join(ways)}`.execute(tx);
    return tx.executeQuery(explained as CompiledQuery<{ 'QUERY PLAN': readonly { Plan: Node }[] }>);
  });
  const roots = rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan));
  const lines: string[] = [];
  const steps = roots.flatMap((root) => costly(root, 0, lines));
  return { plan: lines.join('\n'), steps };
}

function costly(node: Node, depth: number, lines: string[]): string[] {
  const { 'Node Type': type, 'Index Name': index, 'Index Cond': condition, Plans: children = [] } = node;
  const name = index ?? node['Relation Name'] ?? node['CTE Name'] ?? '';
  lines.push(`${' '.repeat(2 * depth)}${type} ${name} ${condition ?? ''}`.trimEnd());
  // Nothing below it is run.
  if (node['One-Time Filter'] === 'false') return [];
  const below = children.flatMap((child) => costly(child, depth + 1, lines));
  if (type === 'Seq Scan' || (/^(Index|Bitmap Index)/.test(type) && !condition))
    return [`SCAN ${name}`, ...below];
  const sorts = /Sort$/.test(type) && !children.every(isFound);
  return sorts ? ['SORT', ...below] : below;
}

/** Rows of a page, or keys of which there are few, perhaps with others that are looked up for each. */
function isFound(node: Node): boolean {
  const { 'Node Type': type, 'CTE Name': cte, Plans: [first] = [] } = node;
  if (type === 'Limit' || cte === 'matches' || node['One-Time Filter'] === 'false') return true;
  return first !== undefined && /^(Nested Loop|Subquery Scan|Result)/.test(type) && isFound(first);
}
