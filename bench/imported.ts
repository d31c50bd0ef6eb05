import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { systemPrincipal } from '../src/access/principal.ts';
import { systemClock } from '../src/core/clock.ts';
import { parseConfig } from '../src/core/config/config.ts';
import { createLog } from '../src/core/log.ts';
import { createContext } from '../src/graphql/context.ts';
import { createApiKey } from '../src/keys/create-api-key.ts';
import { importApiKeys } from '../src/keys/import/import-api-keys.ts';
import { createOrganization } from '../src/organizations/create-organization.ts';
import { createServices } from '../src/services.ts';
import { verifySecret } from '../src/verification/verify.ts';

// Verifications of ordinary keys next to a flood of unknown secrets in foreign formats, without HTTP, on SQLite; and how
// many keys are imported per second.

const SECONDS = Number(process.argv[2] ?? 5);
const FLOOD = 100;
const IMPORTED = 20_000;
const BATCH = 500;

const folder = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
const url = `sqlite:${join(folder, 'keywright.db')}`;
const database = await openDatabase(url);
await migrate(database);
const running = await createServices(database, {
  config: parseConfig({ DATABASE_URL: url }),
  clock: systemClock,
  log: createLog('silent'),
  publicUrl: () => 'http://localhost',
});
await running.start();
const { services } = running;
const client = { id: 'bench', ip: null, userAgent: null };
const ctx = createContext(services, { principal: systemPrincipal('bench'), client });
const { id: organizationId } = (await createOrganization(ctx, { name: 'Bench' })).result;
const { secret } = (await createApiKey(ctx, { organizationId, name: 'A' })).result;

const unknown = (start: string) => start + randomBytes(16).toString('hex');

function verify(presented: string) {
  const requirements = { permissions: [], anyPermissions: [], teamId: null, environment: null };
  const request = { secret: presented, ip: null, takeRateLimit: false, reportTo: null };
  return verifySecret(services, { ...requirements, ...request, mayFail: () => true, visible: () => true });
}

/** Prints what a second verifies while so many unknown secrets are always being presented. */
async function measure(title: string, start: string | null): Promise<void> {
  let flooding = true;
  let denied = 0;
  let busy = 0;
  const present = async (): Promise<void> => {
    while (flooding && start !== null) {
      try {
        await verify(unknown(start));
        denied += 1;
      } catch {
        busy += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const floods = Array.from({ length: FLOOD }, present);
  let accepted = 0;
  let longest = 0;
  const begun = performance.now();
  for (let last = begun; last - begun < SECONDS * 1_000; ) {
    for (let count = 0; count < 100; count += 1) if ((await verify(secret)).code === 'VALID') accepted += 1;
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  const each = (count: number) =>
    Math.round((count * 1_000) / (performance.now() - begun)).toLocaleString('en');
  console.log(
    `${title}: ${each(accepted)} accepted/s, ${each(denied)} denied/s, ${each(busy)} turned away/s, longest turn ${longest.toFixed(0)} ms`,
  );
  flooding = false;
  await Promise.all(floods);
}

let imported = 0;
const keyOf = (given: object) => {
  imported += 1;
  const digest = createHash('sha256').update(unknown('')).digest('hex');
  return {
    foreignId: `k${imported}`,
    name: `Key ${imported}`,
    hash: digest,
    algorithm: 'SHA256',
    ...given,
  } as const;
};

await measure('No flood', null);
await measure('Foreign formats, nothing imported', 'acme_');
const begun = performance.now();
for (let done = 0; done < IMPORTED; done += BATCH)
  await importApiKeys(ctx, { organizationId, keys: Array.from({ length: BATCH }, () => keyOf({})) });
console.log(
  `Imported: ${Math.round((IMPORTED * 1_000) / (performance.now() - begun)).toLocaleString('en')} keys/s`,
);
await measure('Foreign formats, digests imported', 'acme_');
const slow = keyOf({ hash: await bcrypt(unknown(''), 10), algorithm: 'BCRYPT', start: 'acme_' });
await importApiKeys(ctx, { organizationId, keys: [slow] });
await measure('Password hashes imported, no start matches', 'other_');
await measure('Password hashes imported, a start matches', 'acme_');

await running.stop();
await database.close();
rmSync(folder, { recursive: true });
