import type { UsageSink } from '../verification/services.ts';

/** Denied verifications of one minute with the same key, code and address. */
export interface DenialGroup {
  readonly organizationId: string;
  /** A key, UNKNOWN_KEY, or MORE. */
  readonly subject: string;
  readonly code: string;
  /** Empty: not provided. */
  readonly ip: string;
  /** Start of the minute, milliseconds since the epoch. */
  readonly minute: number;
  /** Of the first one. */
  readonly at: number;
  count: number;
}

/** The subject of denials of unknown keys. */
export const UNKNOWN_KEY = '';

/** The subject of denials that are counted without their key and address, because there are too many groups. */
export const MORE = '*';

/** Maximum number of groups of an organization, and of all organizations, between two writes. */
const OWN_MAX = 200;
const ALL_MAX = 5_000;

const MINUTE_MS = 60_000;

/** Denials since the last write, in bounded memory. */
export class DenialGroups {
  readonly #groups = new Map<string, DenialGroup>();
  readonly #own = new Map<string, number>();

  get size(): number {
    return this.#groups.size;
  }

  values(): IterableIterator<DenialGroup> {
    return this.#groups.values();
  }

  /** Adds denials, of which the last is given. Beyond the limits, they are counted by code, or not at all. */
  add({ organizationId, keyId, code, at, ip }: Parameters<UsageSink['denied']>[0], count: number): void {
    if (organizationId === null) return;
    const facts = { organizationId, code, at, minute: at - (at % MINUTE_MS) };
    const own = this.#own.get(organizationId) ?? 0;
    const group = { ...facts, subject: keyId ?? UNKNOWN_KEY, ip: ip ?? '', count };
    if (this.#count(group)) return;
    if (own < OWN_MAX && this.size < ALL_MAX) {
      this.#own.set(organizationId, own + 1);
      this.#groups.set(nameOf(group), group);
      return;
    }
    const more = { ...facts, subject: MORE, ip: '', count };
    if (!this.#count(more) && this.size < 2 * ALL_MAX) this.#groups.set(nameOf(more), more);
  }

  #count(group: DenialGroup): boolean {
    const known = this.#groups.get(nameOf(group));
    if (known) known.count += group.count;
    return known !== undefined;
  }
}

/** Names a group. */
export function nameOf({
  organizationId,
  minute,
  subject,
  code,
  ip,
}: Omit<DenialGroup, 'at' | 'count'>): string {
  return `${organizationId} ${minute} ${subject} ${code} ${ip}`;
}
