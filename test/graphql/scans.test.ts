import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { ask, makeApiKey, makeMember, serverOn, type TestMember } from '../support/server.ts';

const KEYS = 60_000;

onEachDatabase('an organization with many keys', (engine) => {
  const server = serverOn(engine);

  /** Adds keys without secrets, named by their number. */
  async function fill({ organizationId, userId }: TestMember, keys: number): Promise<void> {
    const { db } = server().services;
    await sql`insert into api_keys (id, organization_id, name, name_key, environment, start, search_text, grants,
        ip_allowlist, metadata, enabled, created_at, created_by, updated_at, rotated_at, expires_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < cast(${keys} as integer))
      select 'key_' || substr(cast(1000000 + i as text), 2) || substr(cast(${organizationId} as text), 5),
        cast(${organizationId} as text), 'Key ' || i, 'key ' || i, 'live', 'kw_live_' || i, 'key ' || i || ' gateway',
        '[]', '[]', '{}', 1, i, cast(${userId} as text), i, i, 9007199254740991 from n`.execute(db);
    await sql`insert into api_key_usage (api_key_id, organization_id, last_used_at)
      select id, organization_id, 0 from api_keys where organization_id = ${organizationId}`.execute(db);
  }

  test('keeps no verification of another organization waiting while it searches', async () => {
    const [large, other] = [await makeMember(server()), await makeMember(server())];
    await fill(large, KEYS);
    const { secret } = await makeApiKey(server(), other.organizationId);
    const searches = [7, 19].map(
      (n) => `s${n}: apiKeys(first: 1, filter: {search: "${n} gateway"}) { totalCount }`,
    );
    let isAnswered = false;
    const searched = ask(server(), `{ ${searches.join(' ')} }`, { token: large.sessionToken }).finally(() => {
      isAnswered = true;
    });
    let verified = 0;
    while (!isAnswered) {
      const { status } = await fetch(`${server().url}/verify`, {
        headers: { Authorization: `Bearer ${secret}` },
      });
      expect(status).toBe(200);
      verified += 1;
    }
    const { data, errors } = await searched;
    expect(errors).toEqual([]);
    expect(data.s7.totalCount).toBe(KEYS / 10);
    expect(data.s19.totalCount).toBe(KEYS / 100);
    expect(verified).toBeGreaterThan(10);
  });

  test('has the same answers as a small one', async () => {
    const member = await makeMember(server());
    const { sessionToken: token, organizationId } = member;
    await fill(member, 300);
    const list = `apiKeys(first: 3, orderBy: {field: NAME, direction: ASC}, filter: {search: "KEY 29"})`;
    const { data, errors } = await ask(
      server(),
      `{ ${list} { totalCount nodes { name status } pageInfo { hasNextPage endCursor } }
         organization { keySummary { active unused verifiedLastDay } limits { activeApiKeys } members { totalCount }
           auditLog(first: 1, filter: {actions: ["organization.created"]}) { totalCount nodes { action } } } }`,
      { token },
    );
    expect(errors).toEqual([]);
    expect(data.apiKeys).toMatchObject({ totalCount: 11, pageInfo: { hasNextPage: true } });
    expect(data.apiKeys.nodes.map(({ name }: { name: string }) => name)).toEqual([
      'Key 29',
      'Key 290',
      'Key 291',
    ]);
    expect(data.organization).toEqual({
      keySummary: { active: 300, unused: 300, verifiedLastDay: 0 },
      limits: { activeApiKeys: 300 },
      members: { totalCount: 1 },
      auditLog: { totalCount: 1, nodes: [{ action: 'organization.created' }] },
    });
    const next = await ask(
      server(),
      `query ($after: String) { apiKeys(first: 20, after: $after, orderBy: {field: NAME, direction: ASC}, filter: {search: "key 29"}) { nodes { name } } }`,
      { token, variables: { after: data.apiKeys.pageInfo.endCursor } },
    );
    expect(next.data.apiKeys.nodes).toHaveLength(8);
    // What is made now is in the next answer.
    await makeApiKey(server(), organizationId, { name: 'Key 29 again' });
    const after = await ask(server(), `{ ${list} { totalCount } }`, { token });
    expect(after.data.apiKeys.totalCount).toBe(12);
  });

  test('is read once for all fields that ask for the same', async () => {
    const { sessionToken: token } = await makeMember(server());
    const aliases = Array.from(
      { length: 10 },
      (_, n) => `a${n}: apiKeys(first: 1, filter: {search: "x"}) { totalCount }
        o${n}: organization { keySummary { active verifiedLastDay deniedLastDay } }`,
    );
    const before = server().statements.length;
    const { errors } = await ask(server(), `{ ${aliases.join(' ')} }`, { token });
    expect(errors).toEqual([]);
    const noted = server().statements.slice(before);
    // Parts of statements are noted too.
    const statements = noted.filter((one) => !noted.some((other) => other !== one && other.includes(one)));
    const reading = (text: string) => statements.filter((statement) => statement.includes(text));
    expect(reading('"search_text"')).toHaveLength(2);
    expect(reading('from "api_key_counts"')).toHaveLength(1);
    expect(reading('sum("verified")')).toHaveLength(1);
  });
});
