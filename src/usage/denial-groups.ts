import type { UsageSink } from '../verification/services.ts';
import { KnownOrganizations } from './known-organizations.ts';

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

/** Maximum number of groups with key and address of an organization, and of all organizations, between two writes. */
const OWN_MAX = 200;
const ALL_MAX = 5_000;

/** Maximum number of groups without key and address: of organizations known to exist, and of others. */
const MORE_MAX = 2_500;

const MINUTE_MS = 60_000;

/** Groups to write, which learn from it. */
export interface UnwrittenDenials extends Iterable<DenialGroup> {
  /** Records that these organizations exist. */
  confirm(organizationIds: Iterable<string>): void;
}

/** The groups of one organization. */
interface Own {
  readonly organizationId: string;
  isKnown: boolean;
  readonly names: Map<string, DenialGroup>;
  /** Groups with key and address, newest last. */
  readonly detailed: DenialGroup[];
}

/**
 * Denials since the last write, in bounded memory. If there are too many groups, organizations share them equally:
 * those with the most groups lose their newest. Anyone can name organizations that don't exist, so organizations known
 * to exist take groups from others first.
 */
export class DenialGroups implements UnwrittenDenials {
  readonly #known: KnownOrganizations;
  readonly #organizations = new Map<string, Own>();
  readonly #sizes = { known: new Sizes(), other: new Sizes() };
  readonly #more = { known: 0, other: 0 };
  #detailed = 0;

  constructor(known = new KnownOrganizations()) {
    this.#known = known;
  }

  get size(): number {
    return this.#detailed + this.#more.known + this.#more.other;
  }

  *[Symbol.iterator](): Generator<DenialGroup> {
    for (const { names } of this.#organizations.values()) yield* names.values();
  }

  confirm(organizationIds: Iterable<string>): void {
    for (const id of organizationIds) this.#known.add(id);
  }

  /** Adds denials, of which the last is given. Beyond the limits, they are counted by code, or not at all. */
  add({ organizationId, keyId, code, at, ip }: Parameters<UsageSink['denied']>[0], count: number): void {
    if (organizationId === null) return;
    const own = this.#ownOf(organizationId, keyId !== null);
    const facts = { organizationId, code, at, minute: at - (at % MINUTE_MS) };
    const group = { ...facts, subject: keyId ?? UNKNOWN_KEY, ip: ip ?? '', count };
    if (isCounted(own, group)) return;
    if (own.detailed.length < OWN_MAX && this.#hasSpaceFor(own)) this.#insert(own, group);
    else this.#addMore(own, group);
  }

  /** An organization is listed only once it has a group. */
  #ownOf(organizationId: string, exists: boolean): Own {
    const own = this.#organizations.get(organizationId);
    if (own?.isKnown) return own;
    if (exists) this.#known.add(organizationId);
    const isKnown = this.#known.has(organizationId);
    if (!own) return { organizationId, isKnown, names: new Map(), detailed: [] };
    if (isKnown) {
      this.#sizes.other.delete(own);
      own.isKnown = true;
      this.#sizes.known.add(own);
    }
    return own;
  }

  #hasSpaceFor(own: Own): boolean {
    if (this.#detailed < ALL_MAX) return true;
    const { known, other } = this.#sizes;
    const isLarger = (one: Own | undefined) =>
      one !== undefined && one.detailed.length > own.detailed.length + 1;
    const madeUp = other.largest();
    const largest = known.largest();
    if (madeUp && (own.isKnown || isLarger(madeUp))) this.#takeFrom(madeUp);
    else if (own.isKnown && largest && isLarger(largest)) this.#takeFrom(largest);
    return this.#detailed < ALL_MAX;
  }

  #takeFrom(own: Own): void {
    const sizes = this.#sizesOf(own);
    sizes.delete(own);
    const group = own.detailed.pop();
    if (group) {
      own.names.delete(nameOf(group));
      this.#detailed -= 1;
      this.#addMore(own, group);
    }
    sizes.add(own);
    if (own.names.size === 0) this.#organizations.delete(own.organizationId);
  }

  #insert(own: Own, group: DenialGroup): void {
    const sizes = this.#sizesOf(own);
    sizes.delete(own);
    own.detailed.push(group);
    own.names.set(nameOf(group), group);
    this.#detailed += 1;
    sizes.add(own);
    this.#organizations.set(own.organizationId, own);
  }

  #addMore(own: Own, group: DenialGroup): void {
    const more = { ...group, subject: MORE, ip: '' };
    const kind = own.isKnown ? 'known' : 'other';
    if (isCounted(own, more) || this.#more[kind] >= MORE_MAX) return;
    own.names.set(nameOf(more), more);
    this.#more[kind] += 1;
    this.#organizations.set(own.organizationId, own);
  }

  #sizesOf({ isKnown }: Own): Sizes {
    return isKnown ? this.#sizes.known : this.#sizes.other;
  }
}

function isCounted({ names }: Own, group: DenialGroup): boolean {
  const known = names.get(nameOf(group));
  if (known) known.count += group.count;
  return known !== undefined;
}

/** Organizations by their number of detailed groups. */
class Sizes {
  readonly #bySize: (Set<Own> | undefined)[] = [];
  #max = 0;

  add(own: Own): void {
    const size = own.detailed.length;
    if (size === 0) return;
    this.#bySize[size] = (this.#bySize[size] ?? new Set()).add(own);
    this.#max = Math.max(this.#max, size);
  }

  delete(own: Own): void {
    this.#bySize[own.detailed.length]?.delete(own);
  }

  /** One of those with the most. */
  largest(): Own | undefined {
    while (this.#max > 0 && !this.#bySize[this.#max]?.size) this.#max -= 1;
    const [own] = this.#bySize[this.#max] ?? [];
    return own;
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
