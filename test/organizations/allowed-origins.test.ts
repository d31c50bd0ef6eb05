import { expect, test } from 'vitest';
import { parseOrigin } from '../../src/core/origin.ts';
import { loadAllowedOrigins } from '../../src/organizations/allowed-origins.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { auditOf } from '../support/audit.ts';
import { onEachDatabase } from '../support/databases.ts';
import { issuesOf } from '../support/refusals.ts';
import { contextFor, makeOrganization, memberOf, servicesOn } from '../support/services.ts';

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['HTTPS://App.Example.COM', 'https://app.example.com'],
  ['https://app.example.com:443', 'https://app.example.com'],
  ['http://app.example.com:80', 'http://app.example.com'],
  ['https://app.example.com:80', 'https://app.example.com:80'],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['http://127.1:3000', 'http://127.0.0.1:3000'],
])('writes %s as browsers do', (text, origin) => {
  expect(parseOrigin(text)).toBe(origin);
});

test.each([
  '',
  'null',
  '*',
  'app.example.com',
  '//app.example.com',
  'ftp://app.example.com',
  'file:///',
  'chrome-extension://abcdef',
  'javascript:alert(1)',
  'https://*',
  'https://*.example.com',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://app.example.com?',
  'https://app.example.com#',
  'https://app.example.com\\',
  'https://app.example.com.',
  'https://app.example.com:',
  'https://app.example.com:0x50',
  'https://app.example.com:65536',
  'https://user@app.example.com',
  'https://user:password@app.example.com',
  'https://app.example.com, https://evil.example.com',
  ' https://app.example.com',
  'https://app.example.com\n',
  'https://app.exam\tple.com',
  'https://app%2eexample.com',
  'https://[::1',
  'https://',
  `https://${'a'.repeat(300)}.example.com`,
  `https://${'a'.repeat(1_000_000)}`,
])('takes %j for no origin', (text) => {
  expect(parseOrigin(text)).toBeNull();
});

onEachDatabase('the web origins of an organization', (engine) => {
  const services = servicesOn(engine);
  const originsOf = async (id: string) => (await loadAllowedOrigins(services().db, [id])).get(id) ?? [];

  test('are stored as browsers send them, and recorded', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    await updateOrganization(ctx, { id, allowedOrigins: ['https://B.example:443', 'http://a.example:80'] });
    expect(await originsOf(id)).toEqual(['http://a.example', 'https://b.example']);
    expect((await auditOf(ctx)).at(-1)).toMatchObject({
      action: 'organization.updated',
      changes: { allowedOrigins: [[], ['http://a.example', 'https://b.example']] },
    });
    await updateOrganization(ctx, { id, name: 'Renamed' });
    expect(await originsOf(id)).toHaveLength(2);
    await updateOrganization(ctx, { id, allowedOrigins: ['https://b.example'] });
    expect(await originsOf(id)).toEqual(['https://b.example']);
    await updateOrganization(ctx, { id, allowedOrigins: null });
    expect(await originsOf(id)).toEqual([]);
  });

  test('are neither written nor recorded if nothing differs', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    await updateOrganization(ctx, { id, allowedOrigins: ['https://a.example', 'https://b.example'] });
    const before = (await auditOf(ctx)).length;
    await updateOrganization(ctx, { id, allowedOrigins: ['https://b.example:443', 'https://A.example'] });
    expect(await auditOf(ctx)).toHaveLength(before);
  });

  test('are checked one by one, and nothing changes if one is wrong', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    await updateOrganization(ctx, { id, allowedOrigins: ['https://kept.example'] });
    const given = ['https://a.example', '*', 'null', 'https://A.example:443', 'https://a.example/'];
    const issues = await issuesOf(updateOrganization(ctx, { id, name: 'Renamed', allowedOrigins: given }));
    const form = 'must be scheme://host or scheme://host:port, with http or https and no path or *';
    expect(issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['input.allowedOrigins.1', form],
      ['input.allowedOrigins.2', form],
      ['input.allowedOrigins.3', 'https://a.example is listed twice'],
      ['input.allowedOrigins.4', form],
    ]);
    expect(await originsOf(id)).toEqual(['https://kept.example']);
  });

  test('are at most 50', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const many = Array.from({ length: 51 }, (_, index) => `https://app-${index}.example`);
    expect(await issuesOf(updateOrganization(ctx, { id, allowedOrigins: many }))).toEqual([
      { path: ['input', 'allowedOrigins'], message: 'must have at most 50 entries' },
    ]);
    await updateOrganization(ctx, { id, allowedOrigins: many.slice(1) });
    expect(await originsOf(id)).toHaveLength(50);
  });

  test('can only be changed with organization.manage, in that organization', async () => {
    const { organization } = await makeOrganization(services());
    const { organization: other } = await makeOrganization(services(), 'Other');
    const change = (ctxOf: string, permissions: string[]) =>
      updateOrganization(contextFor(services(), memberOf(ctxOf, permissions)), {
        id: organization.id,
        allowedOrigins: ['https://evil.example'],
      });
    await expect(change(organization.id, ['organization.view'])).rejects.toMatchObject({
      permission: 'organization.manage',
    });
    await expect(change(other.id, ['*'])).rejects.toMatchObject({ id: organization.id });
    expect(await originsOf(organization.id)).toEqual([]);
  });

  test('of two changes at once are those of one of them', async () => {
    const { ctx, organization } = await makeOrganization(services());
    const { id } = organization;
    const lists = [['https://a.example', 'https://b.example'], ['https://c.example']];
    await Promise.all(lists.map((allowedOrigins) => updateOrganization(ctx, { id, allowedOrigins })));
    expect(lists).toContainEqual(await originsOf(id));
  });
});
