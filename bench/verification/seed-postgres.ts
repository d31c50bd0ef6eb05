import { openDatabase } from '../../db/open.ts';
import { hashSecret } from '../../src/keys/secret.ts';
import { openFilling } from '../filling.ts';
import { CHUNK, COLUMNS, makeKey, prepare } from './seed.ts';

/** The same keys in an empty PostgreSQL database, a multiple of 5,000. Returns the hashes of their secrets. */
export async function seedPostgres(url: string, keys: number): Promise<string[]> {
  const database = await openDatabase(url);
  const { owners } = await prepare(database, url);
  await database.close();
  const filling = await openFilling(url, COLUMNS);
  const hashes: string[] = [];
  for (let first = 0; first < keys; first += CHUNK) {
    const made = Array.from({ length: CHUNK }, (_, at) => makeKey(first + at, owners));
    await filling.add(made.map(({ rows }) => rows));
    for (const { secret } of made) hashes.push(hashSecret(secret));
  }
  await filling.end();
  return hashes;
}
