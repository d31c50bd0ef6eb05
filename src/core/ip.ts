import ipaddr from 'ipaddr.js';

/** An IPv4 or IPv6 network, in the form used for matching. */
export interface Network {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/** Bits of an IPv4-mapped IPv6 address before the IPv4 address (RFC 4291, 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * Parses an address or network in CIDR notation (RFC 4632, RFC 4291 2.3). A bare address is a /32 or /128, and host
 * bits must be zero. An IPv4-mapped IPv6 network is the IPv4 network. Returns the network and its normal form, or the
 * fault.
 */
export function parseNetwork(text: string): { network: Network; text: string } | { fault: string } {
  const [head = '', tail, ...rest] = text.split('/', 3);
  const address = parseAddress(head);
  if (!address || rest.length > 0 || (tail !== undefined && !/^\d{1,3}$/.test(tail))) {
    return { fault: `${quote(text)} is not an IP address or network such as 10.0.0.0/8 or 2001:db8::/32` };
  }
  const width = address.kind() === 'ipv4' ? 32 : 128;
  const mapped = width === 32 && head.includes(':') ? MAPPED_BITS : 0;
  const bits = tail === undefined ? width : Number(tail) - mapped;
  if (bits > width) return { fault: `${quote(text)}: the prefix length must be at most ${width + mapped}` };
  if (bits < 0)
    return { fault: `${quote(text)}: the prefix length of an IPv4-mapped network must be at least 96` };
  const base = clearHostBits(address, bits);
  if (base.toString() !== address.toString()) {
    return { fault: `${quote(text)} has host bits set; did you mean ${base}/${bits}?` };
  }
  return { network: { address, bits }, text: `${address}/${bits}` };
}

/** Longest address, including a zone id, brackets and a port. Longer text is never matched. */
const ADDRESS_MAX = 100;

/**
 * The network of a stored text, which was validated before. Throws if it is invalid, because no decision may be made
 * without it.
 */
export function storedNetwork(text: string): Network {
  const parsed = parseNetwork(text);
  if ('network' in parsed) return parsed.network;
  throw new Error(`A stored allowlist is not valid: ${parsed.fault}`);
}

/**
 * Parses an address; null if it is invalid. IPv4 must have four decimal parts (no octal, hex or short forms, which
 * programs interpret differently). An IPv4-mapped IPv6 address is the IPv4 address. Zone ids are dropped.
 */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.length > ADDRESS_MAX) return null;
  if (text.includes(':')) {
    const [bare = ''] = text.split('%', 1);
    if (!ipaddr.IPv6.isValid(bare)) return null;
    const address = ipaddr.IPv6.parse(bare);
    return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
  }
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : null;
}

/** Addresses recur, and parsing one costs more than everything that is done with it. */
const READ_MAX = 10_000;
const read = new Map<string, { readonly address: ipaddr.IPv4 | ipaddr.IPv6; readonly text: string } | null>();

/** The address in normal form (RFC 5952; IPv4-mapped as IPv4), or null if the text is not an address. */
export function normalAddress(text: string): string | null {
  return readAddress(text)?.text ?? null;
}

/** An address with a port, IPv6 in brackets; or an address in brackets. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]+)\])(?::\d{1,5})?$/;

/**
 * The address in a text as written by proxies and frameworks, in normal form: without or with a port (`192.0.2.1:4711`,
 * `[2001:db8::1]:443`), in double quotes, surrounded by spaces. Null if it is invalid.
 */
export function presentedAddress(text: string): string | null {
  // The usual form, and the cheapest to recognize.
  const plain = readAddress(text);
  if (plain) return plain.text;
  if (text.length > ADDRESS_MAX) return null;
  const trimmed = text.trim();
  const bare = trimmed.length > 1 && /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
  const [, v4, v6] = WITH_PORT.exec(bare) ?? [];
  // Brackets are for IPv6, and a port without brackets is for IPv4. Programs would interpret other forms differently.
  if (v6 !== undefined && !v6.includes(':')) return null;
  return normalAddress(v4 ?? v6 ?? bare);
}

function readAddress(text: string) {
  if (text.length > ADDRESS_MAX) return null;
  let known = read.get(text);
  if (known === undefined) {
    const address = parseAddress(text);
    known = address && { address, text: address.toString() };
    if (read.size >= READ_MAX) read.clear();
    read.set(text, known);
  }
  return known;
}

/** Whether the address is in one of the networks. Text that isn't an address is in none. */
export function isInNetworks(text: string, networks: readonly Network[]): boolean {
  const known = readAddress(text);
  if (!known) return false;
  return networks.some((network) => contains(network, known.address));
}

function contains(network: Network, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return network.address.kind() === address.kind() && address.match(network.address as never, network.bits);
}

/** Whether every address of the network is in one of the others, each of which may cover only a part of it. */
export function isCovered(network: Network, others: readonly Network[]): boolean {
  if (others.some((other) => other.bits <= network.bits && contains(other, network.address))) return true;
  const inside = others.filter((other) => other.bits > network.bits && contains(network, other.address));
  return inside.length > 1 && halvesOf(network).every((half) => isCovered(half, inside));
}

function halvesOf({ address, bits }: Network): Network[] {
  const upper = address.toByteArray();
  const at = Math.floor(bits / 8);
  upper[at] = (upper[at] ?? 0) | (0x80 >> (bits % 8));
  return [address, ipaddr.fromByteArray(upper)].map((half) => ({ address: half, bits: bits + 1 }));
}

function clearHostBits(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): ipaddr.IPv4 | ipaddr.IPv6 {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return ipaddr.fromByteArray(bytes);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
