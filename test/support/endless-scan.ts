import { sql } from 'kysely';
import { sqliteScans } from '../../db/sqlite/scans.ts';
import { eventually } from './wait.ts';

// A program that reads a SQLite file without end in another process, and says which.
const [, , path = ''] = process.argv;
const scans = sqliteScans({ path, timeLimitMs: 3_600_000, busyTimeoutMs: 0 });
await sql`select 1`.execute(scans.connect('a'));
void sql`with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n`.execute(
  scans.connect('a'),
);
await eventually(() => scans.pids.length > 0);
process.stdout.write(`${scans.pids.join()}\n`);
setInterval(() => {}, 1_000);
