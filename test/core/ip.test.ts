import { describe, expect, test } from 'vitest';
import { isCovered, isInNetworks, type Network, parseAddress, parseNetwork } from '../../src/core/ip.ts';

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if ('network' in parsed) return parsed.network;
  throw new Error(parsed.fault);
}

function normal(text: string): string {
  const parsed = parseNetwork(text);
  return 'text' in parsed ? parsed.text : parsed.fault;
}

describe('a network', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['192.0.2.7', '192.0.2.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::FFFF:c000:207/128', '192.0.2.7/32'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('%s is kept as %s', (text, kept) => {
    expect(normal(text)).toBe(kept);
  });

  test('with bits right of its prefix is refused, and the right one proposed', () => {
    expect(normal('10.1.2.3/8')).toBe('"10.1.2.3/8" has host bits set; did you mean 10.0.0.0/8?');
    expect(normal('2001:db8::1/33')).toContain('did you mean 2001:db8::/33?');
  });

  test('mapped into IPv6 is measured as IPv6', () => {
    expect(normal('::ffff:10.1.2.3/104')).toContain('did you mean 10.0.0.0/8?');
    expect(normal('::ffff:10.0.0.0/129')).toContain('at most 128');
    expect(normal('::ffff:10.0.0.0/8')).toContain('at least 96');
  });

  test.each([
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '300.1.1.1',
    'a',
    '10.0/8',
  ])('%j is refused', (text) => {
    expect(parseNetwork(text)).toHaveProperty('fault');
  });

  test('is quoted in its fault, but not at any length', () => {
    const parsed = parseNetwork('x'.repeat(10_000));
    expect('fault' in parsed && parsed.fault.length).toBeLessThan(200);
  });
});

describe('an address', () => {
  test('is read only in its plain forms', () => {
    expect(String(parseAddress('192.0.2.7'))).toBe('192.0.2.7');
    expect(String(parseAddress('2001:DB8::0001'))).toBe('2001:db8::1');
    for (const text of ['0300.0.2.7', '0xC0.0.2.7', '192.0.519', '3221225991', '192.0.2.7 ', '', 'localhost'])
      expect(parseAddress(text)).toBeNull();
  });

  test('mapped into IPv6 is the IPv4 address', () => {
    expect(String(parseAddress('::ffff:192.0.2.7'))).toBe('192.0.2.7');
    expect(String(parseAddress('::FFFF:c000:207'))).toBe('192.0.2.7');
  });

  test('loses its zone', () => {
    expect(String(parseAddress('fe80::1%eth0'))).toBe('fe80::1');
  });
});

describe('belonging', () => {
  const networks = [network('10.0.0.0/8'), network('192.0.2.7'), network('2001:db8::/32')];

  test.each([
    ['10.0.0.0', true],
    ['10.255.255.255', true],
    ['11.0.0.0', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:11.1.2.3', false],
    ['nonsense', false],
    ['', false],
  ])('of %s is %s', (address, belongs) => {
    expect(isInNetworks(address, networks)).toBe(belongs);
  });

  test.each([
    ['10.1.0.0/16', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.0.0.0/8'], true],
    ['10.0.0.0/8', ['10.0.0.0/9', '10.128.0.0/9'], true],
    ['0.0.0.0/0', ['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/2'], true],
    ['::/0', ['8000::/1', '::/2', '4000::/2'], true],
    ['10.0.0.0/8', ['10.0.0.0/9'], false],
    ['10.0.0.0/8', ['10.0.0.0/9', '10.128.0.0/10', '10.192.0.0/11'], false],
    ['10.0.0.0/8', ['10.0.0.0/9', '10.0.0.0/10'], false],
    ['10.0.0.0/31', ['10.0.0.0', '10.0.0.1'], true],
    ['10.0.0.0/30', ['10.0.0.0', '10.0.0.1', '10.0.0.3'], false],
    ['0.0.0.0/0', ['::/0'], false],
    ['10.0.0.1', [], false],
  ])('of all of %s to %s is %s', (whole, parts, covered) => {
    expect(isCovered(network(whole), parts.map(network))).toBe(covered);
  });

  test('does not cross from one protocol into the other', () => {
    expect(isInNetworks('10.0.0.1', [network('::/0')])).toBe(false);
    expect(isInNetworks('2001:db8::1', [network('0.0.0.0/0')])).toBe(false);
  });
});
