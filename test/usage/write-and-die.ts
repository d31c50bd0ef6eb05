import { openDatabase } from '../../db/open.ts';
import { usageStore } from '../../src/usage/store.ts';
import { batchOf } from '../support/usage.ts';

/** Appends a batch and brings it into the tables, and kills itself before or after a statement. */
const [url = '', writer = '', keys = '[]', dieAt = ''] = process.argv.slice(2);

let step = 0;
const look = (): void => {
  step += 1;
  if (step === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
};
const database = await openDatabase(url);
const db = database.unhurried.withPlugin({
  transformQuery: ({ node }) => {
    look();
    return node;
  },
  transformResult: async ({ result }) => {
    look();
    return result;
  },
});
const store = usageStore(db, writer);
await store.append(1, batchOf(JSON.parse(keys), 1));
await store.checkpoint(1);
await database.close();
