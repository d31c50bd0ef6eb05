import ipaddr from 'ipaddr.js';
import type { Budget } from './budgets.ts';

/**
 * Networks of IPv6 that one client may have all addresses of, from the widest, with how many times the budget of a single
 * client each has: providers delegate a /64 or /56 to a household, and a /48 to a site. An IPv4 address stands for itself.
 */
const NETWORKS = [
  { groups: 3, times: 16 },
  { groups: 3.5, times: 4 },
  { groups: 4, times: 1 },
] as const;

/**
 * The budgets that a client's address counts in, the widest first: an IPv6 address in its /48, /56 and /64, so that
 * changing addresses within what one client can have gains little. `ip` is in its normal form (RFC 5952); null: not
 * known, all of which count as one.
 */
export function addressBudgets(ip: string | null, limit: number): Budget[] {
  if (ip === null) return [{ name: 'unknown', limit }];
  if (!ip.includes(':')) return [{ name: ip, limit }];
  const { parts: groups } = ipaddr.IPv6.parse(ip);
  return NETWORKS.map(({ groups: wide, times }) => ({ name: prefixOf(groups, wide), limit: limit * times }));
}

function prefixOf(groups: readonly number[], wide: number): string {
  const whole = Math.floor(wide);
  const kept = groups.slice(0, whole);
  if (whole < wide) kept.push((groups[whole] ?? 0) & 0xff00);
  return `${kept.map((group) => group.toString(16)).join(':')}::/${wide * 16}`;
}
