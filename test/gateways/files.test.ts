import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const GATEWAYS = ['caddy', 'envoy', 'haproxy', 'nginx', 'traefik'];
const FILES = GATEWAYS.flatMap((name) => readdirSync(join(DEPLOY, name)).map((file) => `${name}/${file}`));
const textOf = (file: string) => readFileSync(join(DEPLOY, file), 'utf8');

/** The addresses with a query that a file calls, in comments too; `…/verify` in a sentence has none. */
const addresses = FILES.flatMap((file) =>
  [...textOf(file).matchAll(/\/verify[?][^\s"';]+/g)].map(([address]) => [file, address] as const),
);

test('every gateway has a file with an address', () => {
  expect([...new Set(addresses.map(([file]) => file.split('/')[0]))]).toEqual(GATEWAYS);
});

test.each(addresses)('%s names the organization and the environment in %s', (_file, address) => {
  const query = new URLSearchParams(address.slice('/verify?'.length));
  expect(Object.fromEntries(query)).toMatchObject({
    organization: 'YOUR_ORGANIZATION_ID',
    environment: 'live',
  });
});

test.each([...new Set(addresses.map(([file]) => file))])('%s explains what they prevent', (file) => {
  const text = textOf(file).replace(/[\s#]+/g, ' ');
  expect(text).toContain(
    'Without organization, keys of all organizations are accepted; without environment, test keys.',
  );
});
