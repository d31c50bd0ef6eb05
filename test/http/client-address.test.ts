import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/core/config/config.ts';
import { clientAddress } from '../../src/http/client-address.ts';

const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '10.0.0.0/8,127.0.0.1,2001:db8::/32' });

function address(peer: string | undefined, forwarded?: string, trusted = trustedProxies): string | null {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddress({ socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage, trusted);
}

test('is the socket’s peer where nobody is trusted, whatever the header says', () => {
  expect(address('203.0.113.9', '198.51.100.1', [])).toBe('203.0.113.9');
  expect(address('203.0.113.9')).toBe('203.0.113.9');
  expect(address(undefined)).toBeNull();
});

test('is the peer where that is no trusted proxy: a forged header counts for nothing', () => {
  expect(address('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
});

test('is the right-most forwarded address that is no trusted proxy', () => {
  expect(address('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(address('10.0.0.1', '192.0.2.66, 198.51.100.1, 10.9.9.9')).toBe('198.51.100.1');
  expect(address('10.0.0.1', '192.0.2.66,198.51.100.1 ,10.9.9.9,127.0.0.1')).toBe('198.51.100.1');
});

test('is the left-most address where all are trusted proxies', () => {
  expect(address('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
});

test('is the peer’s own where a trusted one forwards for nobody', () => {
  expect(address('10.0.0.1')).toBe('10.0.0.1');
});

test.each([
  ...[
    'unknown',
    '_hidden',
    '',
    ' ',
    '198.51.100.1.5',
    '0x7f.1',
    '010.1.1.1',
    '<script>',
    '""',
    '"',
    '[]',
    ':80',
  ],
  ...['[198.51.100.1]:80', '198.51.100.1:', '198.51.100.1:port', '2001:db8::1:443:', '[2001:db8::1]443'],
  'x'.repeat(15_000),
])('is not known where an entry on the way is no address: %j', (entry) => {
  expect(address('10.0.0.1', entry)).toBeNull();
  expect(address('10.0.0.1', `198.51.100.1, ${entry}`)).toBeNull();
  expect(address('10.0.0.1', `${entry}, 10.0.0.2`)).toBeNull();
  expect(address('10.0.0.1', `198.51.100.1, ${entry}, 10.0.0.2`)).toBeNull();
  expect(address('10.0.0.1', `${entry}, 198.51.100.1, 10.0.0.2`)).toBe('198.51.100.1');
});

test('is not known behind more proxies than anybody sets up', () => {
  const behind = (proxies: number) => `198.51.100.1${', 10.0.0.2'.repeat(proxies)}`;
  expect(address('10.0.0.1', behind(31))).toBe('198.51.100.1');
  expect(address('10.0.0.1', behind(32))).toBeNull();
});

test('takes addresses with ports and in brackets, as some proxies write them', () => {
  expect(address('10.0.0.1', '198.51.100.1:4711')).toBe('198.51.100.1');
  expect(address('10.0.0.1', '[2a00:1450::8a]:443')).toBe('2a00:1450::8a');
  expect(address('10.0.0.1', '2a00:1450:0:0::8A')).toBe('2a00:1450::8a');
  expect(address('10.0.0.1', '[2a00:1450::8a]')).toBe('2a00:1450::8a');
  expect(address('10.0.0.1', '"198.51.100.1:4711"')).toBe('198.51.100.1');
  expect(address('10.0.0.1', '"[2a00:1450::8a]:443"')).toBe('2a00:1450::8a');
  expect(address('10.0.0.1', '198.51.100.1, [::ffff:10.0.0.7]:443')).toBe('198.51.100.1');
  expect(address('10.0.0.1', 'fe80::1%eth0, 10.0.0.2:80')).toBe('fe80::1');
});

test('takes an IPv4-mapped IPv6 address for the IPv4 address that it is', () => {
  expect(address('::ffff:203.0.113.9')).toBe('203.0.113.9');
  expect(address('::ffff:10.0.0.1', '::ffff:198.51.100.1')).toBe('198.51.100.1');
});
