import ipaddr from 'ipaddr.js';
import type { Budget } from './budgets.ts';

/**
 * IPv6 networks whose addresses one client may control, widest first, each with a multiple of the budget of a single
 * client: providers delegate a /64 or /56 to a household, and a /48 to a site. An IPv4 address counts on its own.
 */
const NETWORKS = [
  { groups: 3, times: 16 },
  { groups: 3.5, times: 4 },
  { groups: 4, times: 1 },
] as const;

/**
 * The budgets of a client's address, widest first: an IPv6 address counts in its /48, /56 and /64, so that switching
 * between addresses of one client gains little. `ip` is in normal form (RFC 5952). Null: unknown; all unknown addresses
 * share a budget.
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
