import pg from 'pg';

/** Serializes the making of the template among all that use a server. */
const TEMPLATE_LOCK = 5_394_028_117;

/** Does the work on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The address of another database of the same server. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Makes a database as another one is, which nobody is connected to. */
export async function copyDatabase(client: pg.Client, template: string, name: string): Promise<void> {
  const { rows } = await client.query<{ isChosen: boolean }>(
    `select current_setting('server_version_num')::int >= 150000 as "isChosen"`,
  );
  // File by file, as before PostgreSQL 15: through its log it takes more than three times the work.
  const strategy = rows[0]?.isChosen ? 'strategy file_copy' : '';
  await client.query(`create database ${name} template ${template} ${strategy}`);
}

/** Makes sure that the template exists, filled by `fill`; whoever comes second waits for it. */
export function ensureTemplate(url: string, template: string, fill: (url: string) => Promise<void>) {
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount) return;
    // It gets its name when it is whole.
    const unfinished = `${template}_unfinished`;
    await client.query(`drop database if exists ${unfinished}`);
    await client.query(`create database ${unfinished}`);
    await fill(withDatabase(url, unfinished));
    await client.query(`alter database ${unfinished} rename to ${template}`);
  });
}

/** Drops every database whose name starts so, whoever is connected to it. */
export function dropDatabases(url: string, prefix: string): Promise<void> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`);
  });
}
