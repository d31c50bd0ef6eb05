import type { OrganizationClient } from '../api/client.ts';
import { now } from '../api/clock.ts';
import { KeyChangesDocument, type KeyChangesSubscription, KeyUsesDocument } from '../generated/graphql.ts';
import type { Connection } from './connection.ts';
import { follow } from './follow.ts';

/** Maximum number of keys in one subscription. */
const WATCHED_MAX = 500;

/** Rows change while scrolling: the subscription follows when scrolling pauses. */
const SETTLE_MS = 250;

/** Maximum error of the local clock, milliseconds. */
const SKEW_MS = 60_000;

/** A key change event. */
export type KeyChange = KeyChangesSubscription['apiKeyChanged'];

interface Options {
  readonly organizationId: string;
  readonly api: OrganizationClient;
  readonly connection: Connection;
  /** The viewer no longer has permission to see keys. */
  forbidden(): void;
}

/** Live events of an organization's keys: all changes, and uses of visible keys. */
export class KeyEvents {
  readonly #options: Options;
  readonly #since = new Date(now() - SKEW_MS).toISOString();
  readonly #watched = new Map<string, number>();
  readonly #changeListeners = new Set<(change: KeyChange) => void>();
  readonly #useListeners = new Set<(keyId: string) => void>();
  #cursor: string | null = null;
  #stopUses: () => void = () => {};
  #settling: ReturnType<typeof setTimeout> | undefined;
  #started = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Follows events until the returned function is called. */
  start(): () => void {
    const { organizationId, api, connection, forbidden } = this.#options;
    this.#started = true;
    const stopChanges = follow(api.client, connection, {
      document: KeyChangesDocument,
      variables: () => ({ organizationId, after: this.#cursor }),
      next: ({ apiKeyChanged }) => {
        this.#cursor = apiKeyChanged.cursor;
        for (const listener of this.#changeListeners) listener(apiKeyChanged);
      },
      missed: () => api.reload(),
      cursorLost: () => {
        this.#cursor = null;
      },
      forbidden,
    });
    // Without a cursor, events before the subscription started may have been missed.
    let isWhole = true;
    const stopListening = connection.listen({
      opened: () => {
        isWhole = this.#cursor !== null;
      },
      settled: () => {
        if (!isWhole) api.reload();
        isWhole = true;
      },
    });
    this.#followUses();
    return () => {
      this.#started = false;
      stopChanges();
      stopListening();
      this.#stopUses();
    };
  }

  /** Calls back on every change, after the cache contains it, until the returned function is called. */
  onChange(listener: (change: KeyChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Calls back on the uses of watched keys, until the returned function is called. */
  onUse(listener: (keyId: string) => void): () => void {
    this.#useListeners.add(listener);
    return () => this.#useListeners.delete(listener);
  }

  /** Applies uses of these keys to the cache until the returned function is called. */
  watchUses(ids: readonly string[]): () => void {
    for (const id of ids) this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    this.#settle();
    return () => {
      for (const id of ids) {
        const count = (this.#watched.get(id) ?? 1) - 1;
        if (count > 0) this.#watched.set(id, count);
        else this.#watched.delete(id);
      }
      this.#settle();
    };
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#started && this.#followUses(), SETTLE_MS);
  }

  #followUses(): void {
    const { organizationId, api, connection } = this.#options;
    this.#stopUses();
    this.#stopUses = () => {};
    const apiKeyIds = [...this.#watched.keys()].slice(0, WATCHED_MAX).sort();
    if (apiKeyIds.length === 0) return;
    this.#stopUses = follow(api.client, connection, {
      document: KeyUsesDocument,
      // Starts with the current state of keys used since the page was opened.
      variables: () => ({ organizationId, apiKeyIds, since: this.#since }),
      next: ({ apiKeyUsed }) => {
        for (const listener of this.#useListeners) listener(apiKeyUsed.apiKey.id);
      },
    });
  }
}
