import { sql } from 'kysely';
import { openDatabase } from '../../db/open.ts';
import { makeTeam } from './people.ts';
import type { Site, SitePerson } from './site.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 90;
/** A week: what charts show by the hour. */
const HOURS = 168;

/** Keys that are created at the same time. */
const TOGETHER = 20;

interface Sample {
  readonly name: string;
  readonly team: string | null;
  readonly role: string | null;
  readonly perHour: number;
  readonly ageDays: number;
  readonly expiresInDays?: number;
  readonly enabled?: boolean;
}

const SUBJECTS =
  'Billing,Search,Catalog,Returns,Loyalty,Fraud checks,Tax,Ledger,Shipping labels,Notifications,Reporting,Pricing,Inventory,Storefront,Support desk,Northwind,Contoso'.split(
    ',',
  );
const PURPOSES =
  'API,webhooks,nightly import,export to the data lake,staging,CI deploy,mobile app,partner portal,load test,pipeline,Terraform,dashboard,batch job,sandbox,mirror,monitoring,backfill'.split(
    ',',
  );
const TEAMS = ['Payments', 'Logistics', 'Platform', 'Apps', null];
const ROLES = ['member', null, 'admin'];

/** With those below 300 keys: as many as a product has after a while. */
const MANY: readonly Sample[] = SUBJECTS.flatMap((subject, row) =>
  PURPOSES.map((_, column) => {
    const index = column * SUBJECTS.length + row;
    return {
      name: `${subject} ${PURPOSES[(column + row * 3) % PURPOSES.length]}`,
      team: TEAMS[index % TEAMS.length] ?? null,
      role: ROLES[index % ROLES.length] ?? null,
      perHour: index % 7 === 0 ? 0 : (index * 37) % 500,
      ageDays: 12 + index * 2,
      ...(index % 4 === 0 && { expiresInDays: 3 + index }),
      enabled: index % 23 !== 5,
    };
  }),
);

/** Keys as a product has them: a name, what they belong to, and about how often each is used in an hour. */
const KEYS: readonly Sample[] = [
  { name: 'Checkout service', team: 'Payments', role: 'member', perHour: 900, ageDays: 210 },
  { name: 'Invoice export', team: 'Payments', role: 'member', perHour: 40, ageDays: 180 },
  { name: 'Warehouse sync', team: 'Logistics', role: 'member', perHour: 260, ageDays: 150 },
  { name: 'Carrier webhooks', team: 'Logistics', role: null, perHour: 120, ageDays: 95 },
  { name: 'Terraform CI/CD', team: 'Platform', role: 'admin', perHour: 12, ageDays: 88 },
  { name: 'Staging smoke tests', team: 'Platform', role: 'member', perHour: 30, ageDays: 60 },
  { name: 'Partner: Northwind', team: null, role: null, perHour: 75, ageDays: 44 },
  { name: 'Partner: Contoso', team: null, role: null, perHour: 0, ageDays: 30 },
  { name: 'Mobile app, Android', team: 'Apps', role: 'member', perHour: 1_400, ageDays: 21 },
  { name: 'Mobile app, iOS', team: 'Apps', role: 'member', perHour: 1_100, ageDays: 21 },
  { name: 'Data warehouse import', team: null, role: 'member', perHour: 6, ageDays: 9, enabled: false },
  ...MANY,
];

/** A key of a lively organization. */
export interface LivelyKey {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
}

/** Fills an organization with teams, 300 keys of all ages (or the first of them) and 90 days of their use: what a picture should show. */
export async function enliven(
  site: Site,
  person: SitePerson,
  count = KEYS.length,
): Promise<readonly LivelyKey[]> {
  const roles = await rolesOf(site, person);
  const teams = new Map<string, string>();
  const made: LivelyKey[] = [];
  for (const team of TEAMS) if (team) teams.set(team, await makeTeam(site, person, team));
  const make = async ({ name, team, role, expiresInDays }: Sample) => {
    const environment = /staging|sandbox|load test/i.test(name) ? 'TEST' : 'LIVE';
    const roleId = role ? roles.get(role) : null;
    const teamIds = team ? [teams.get(team)] : [];
    const grants = role ? ['api.key.verify'] : ['api.key.view', 'api.key.verify'];
    const expiresAt = expiresInDays ? new Date(Date.now() + expiresInDays * DAY_MS).toISOString() : null;
    const input = { name, environment, roleId, teamIds, grants, expiresAt };
    return { name, ...(await site.makeKey(person, input)) };
  };
  for (let first = 0; first < count; first += TOGETHER)
    made.push(...(await Promise.all(KEYS.slice(first, Math.min(first + TOGETHER, count)).map(make))));
  await writeHistory(site, person, made);
  return made;
}

async function rolesOf(site: Site, person: SitePerson): Promise<Map<string, string>> {
  const { organization } = await site.ask(
    person,
    `query ($id: ID!) { organization(id: $id) { roles { nodes { id name } } } }`,
    { id: person.organizationId },
  );
  return new Map(organization.roles.nodes.map(({ id, name }: { id: string; name: string }) => [name, id]));
}

/** Ages and use, which no request can make up. */
async function writeHistory(
  site: Site,
  { organizationId }: SitePerson,
  made: readonly LivelyKey[],
): Promise<void> {
  const { kysely: db, close } = await openDatabase(site.env.DATABASE_URL ?? '');
  const now = Date.now();
  try {
    for (const [index, { perHour, ageDays, enabled = true }] of KEYS.slice(0, made.length).entries()) {
      const id = made[index]?.id ?? '';
      const at = now - ageDays * DAY_MS;
      // No code of ours changes when a key was made.
      await sql`update api_keys set created_at = ${at}, updated_at = ${at}, rotated_at = ${at}, enabled = ${enabled ? 1 : 0}
        where id = ${id}`.execute(db);
      await sql`update api_key_secrets set created_at = ${at} where api_key_id = ${id}`.execute(db);
      if (perHour === 0) continue;
      const lastUsed = now - Math.round((HOUR_MS / perHour) * 3);
      const last = { last_used_at: lastUsed, last_used_ip: '203.0.113.7' };
      const used = { api_key_id: id, organization_id: organizationId };
      await db
        .insertInto('api_key_usage')
        .values({ ...used, ...last })
        .onConflict((conflict) => conflict.column('api_key_id').doUpdateSet(last))
        .execute();
      await sql`update api_key_secret_usage set last_used_at = ${lastUsed}, uses = ${perHour * ageDays * 11}
        where secret_id in (select id from api_key_secrets where api_key_id = ${id})`.execute(db);
      await db
        .insertInto('api_key_usage_buckets')
        .values(
          bucketsOf(now, { perHour, days: Math.min(ageDays, DAYS), phase: index }).map((bucket) => ({
            ...used,
            ...bucket,
          })),
        )
        .execute();
    }
    // The server counts both at once.
    await sql`insert into organization_usage_buckets (organization_id, granularity, start, verified, denied)
      select organization_id, granularity, start, sum(verified), sum(denied) from api_key_usage_buckets
      where organization_id = ${organizationId} and granularity in ('hour', 'day') group by 1, 2, 3
      on conflict (organization_id, granularity, start)
      do update set verified = excluded.verified, denied = excluded.denied`.execute(db);
  } finally {
    await close();
  }
}

/** More by day than by night, and a little of it refused; the same at every run. */
function bucketsOf(now: number, { perHour, days, phase }: { perHour: number; days: number; phase: number }) {
  const wave = (ago: number) => {
    const step = ago + phase * 1.7;
    return 0.55 + 0.35 * Math.sin(step / 3.8) + 0.1 * Math.sin(step * 2.3);
  };
  const bucket = (granularity: 'hour' | 'day', length: number, ago: number, scale: number) => {
    const verified = Math.round(perHour * scale * wave(ago));
    const start = (Math.floor(now / length) - ago) * length;
    return { granularity, start, verified, denied: Math.round(verified * 0.04 * wave(ago * 5)) };
  };
  return [
    ...Array.from({ length: HOURS }, (_, ago) => bucket('hour', HOUR_MS, ago, ago === 0 ? 0.4 : 1)),
    ...Array.from({ length: days }, (_, ago) => bucket('day', DAY_MS, ago, ago === 0 ? 8 : 20)),
  ];
}
