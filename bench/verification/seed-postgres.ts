import pg from 'pg';
import { openDatabase } from '../../db/open.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { KEY_COLUMNS, makeKey, prepare, SECRET_COLUMNS } from './seed.ts';

/** Keys of one statement. */
const CHUNK = 1_000;

const KEY_TYPES =
  'text text text text text text text text text text int int text text int bigint text bigint bigint bigint';
const SECRET_TYPES = 'text text text text bigint bigint';

/** The same keys in an empty database on PostgreSQL; gives the hashes of their secrets. */
export async function seedPostgres(url: string, keys: number): Promise<string[]> {
  const database = await openDatabase(url);
  const { owners } = await prepare(database, url);
  await database.close();
  const client = new pg.Client(url);
  await client.connect();
  const hashes: string[] = [];
  for (let first = 0; first < keys; first += CHUNK) {
    const made = Array.from({ length: CHUNK }, (_, index) => makeKey(first + index, owners));
    await client.query(insertion('api_keys', KEY_COLUMNS, KEY_TYPES), columns(made.map((one) => one.key)));
    const secretRows = made.map((one) => one.secretRow);
    await client.query(insertion('api_key_secrets', SECRET_COLUMNS, SECRET_TYPES), columns(secretRows));
    hashes.push(...made.map((one) => hashSecret(one.secret)));
  }
  await client.query('vacuum analyze');
  await client.end();
  return hashes;
}

function insertion(table: string, names: string, types: string): string {
  const lists = types.split(' ').map((type, index) => `$${index + 1}::${type}[]`);
  return `insert into ${table} (${names}) select * from unnest(${lists.join()})`;
}

function columns(rows: readonly (readonly (string | number)[])[]): (string | number | undefined)[][] {
  return (rows[0] ?? []).map((_, index) => rows.map((row) => row[index]));
}
