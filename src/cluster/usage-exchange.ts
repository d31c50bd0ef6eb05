import type { Kysely } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { DenialEvent, UseEvent } from '../changes/events.ts';
import type { NodeRow } from './nodes.ts';
import { RelayedUsage } from './relayed-usage.ts';
import { UsageRelay } from './usage-relay.ts';
import { Watches } from './watches.ts';

/** Exchanges uses and denials between nodes: each node gets those of the organizations watched on it. */
export class UsageExchange {
  readonly #watches: Watches;
  readonly #sent: UsageRelay;
  readonly #received: RelayedUsage;
  #isMissed = false;

  /** `receive` is called with events of other nodes. */
  constructor(db: Kysely<Tables>, ownId: string, receive: (event: UseEvent | DenialEvent) => void) {
    this.#watches = new Watches(db, ownId);
    this.#sent = new UsageRelay(db, ownId);
    this.#received = new RelayedUsage({ db, ownId, receive, wanted: () => this.#watches.any });
  }

  watch(organizationId: string): () => void {
    return this.#watches.add(organizationId);
  }

  /** Sends an event of this node to the nodes that watch its organization. */
  send(event: UseEvent | DenialEvent): void {
    if (event.organizationId && this.#watches.isWatchedElsewhere(event.organizationId)) this.#sent.add(event);
  }

  /** Another node reports that it has sent usage. */
  heard(): void {
    this.#received.heard();
  }

  /** A message may have been missed. Usage is read again when the nodes are next read. */
  missed(): void {
    this.#isMissed = true;
  }

  /** Receives the rows of all nodes, which show whether their watches have changed. */
  seen(rows: readonly NodeRow[]): void {
    this.#watches.learn(rows).catch(() => {});
    if (this.#isMissed) this.#received.heard();
    this.#isMissed = false;
  }

  /** Publishes what is watched here. If the other nodes know `nothing`, publishes all of it. */
  share(nothing = false): void {
    void this.#watches.share(nothing);
  }

  stop(): void {
    this.#watches.stop();
    this.#sent.stop();
    this.#received.stop();
  }
}
