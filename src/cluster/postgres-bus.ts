import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import type { Log } from '../core/log.ts';
import { Paced } from '../core/paced.ts';
import { AckSender } from './ack-sender.ts';
import { allConfirmed, localListeners, type Propagation, type StartableBus } from './bus.ts';
import { Confirmations } from './confirmations.ts';
import { Lease } from './lease.ts';
import { ListeningConnection } from './listening-connection.ts';
import { type Broadcast, type Direct, decodeBroadcast, decodeDirect, encode } from './messages.ts';
import { NodeMembership } from './node-membership.ts';
import { isNodeKnown, readNodes } from './node-table.ts';
import { BROADCAST, directChannel } from './notification-channels.ts';
import { propagated } from './propagation.ts';
import { ALL_STALE, concernsKeys, staleBy } from './stale.ts';
import { UsageExchange } from './usage-exchange.ts';

/** A transaction that has not committed after this long never will, milliseconds: statements are canceled earlier. */
const ABANDONED_MS = 120_000;

const THROUGH_A_POOLER =
  "This node listens through a pooler, which loses notifications. It doesn't cache keys until DATABASE_LISTEN_URL points to the server itself";

const SIGN_OFF_PATIENCE_MS = 1_000;

const NOBODY = { confirmed: 0, total: 0 };

/** Minimum interval between two reads of the nodes triggered by other nodes' messages, milliseconds. */
const LOOK_EVERY_MS = 100;

interface Settings {
  readonly db: Kysely<Tables>;
  readonly log: Log;
  /** Where to listen: the server itself, not a pooler. */
  readonly listenUrl: string;
  readonly leaseMs: number;
  /** Shown to people to identify the node. */
  readonly name: string;
}

/** The bus of many nodes on one database, on LISTEN and NOTIFY. */
export function createPostgresBus({ db, log, listenUrl, leaseMs, name }: Settings): StartableBus {
  const id = randomBytes(8).toString('hex');
  const local = localListeners();
  const lease = new Lease(leaseMs);
  const confirmations = new Confirmations((nodeId) => membership.nodes.get(nodeId)?.secret);
  const usage = new UsageExchange(db, id, local.emit);
  const looks = new Paced(LOOK_EVERY_MS, () => membership.look());
  let started = false;
  let connected = false;
  let silent = false;
  let connectionsLost = 0;
  let firstProof = () => {};

  const connection = new ListeningConnection(listenUrl, [BROADCAST, directChannel(id)], {
    established() {
      connected = true;
      // Messages since the last connection were missed.
      local.invalidate(ALL_STALE);
      membership.established();
      usage.missed();
    },
    lost(error) {
      if (connected) connectionsLost += 1;
      connected = false;
      if (!silent) log.warn('The listening connection was lost and is being reopened', { error });
      silent = true;
    },
    heard(channel, text) {
      if (channel === BROADCAST) heardByAll(decodeBroadcast(text));
      else heardAlone(decodeDirect(text));
    },
  });

  const acks = new AckSender(id, connection, (nodeId) => membership.nodes.get(nodeId) !== undefined);
  const membership = new NodeMembership({ id, name }, connection, lease, {
    isKnown: (secret) => isNodeKnown(db, { id, name }, secret),
    shared() {
      if (!silent) log.warn(THROUGH_A_POOLER);
      silent = true;
    },
    proven() {
      if (silent) log.info('The listening connection is open again');
      silent = false;
      firstProof();
      confirmations.prune(performance.now() - ABANDONED_MS);
      usage.share();
    },
    enrolled: () => usage.share(true),
    seen: (rows) => usage.seen(rows),
  });

  // Messages may be forged: they can trigger reads and invalidate caches, but never skip either.
  const heardByAll = (message: Broadcast | null): void => {
    // The message was sent to all nodes.
    if (!message) {
      local.invalidate(ALL_STALE);
      return;
    }
    if (message.type === 'change') return changed(message);
    if (message.from === id) return;
    if (message.type === 'watches') looks.ask();
    if (message.type === 'usage') usage.heard();
  };

  const heardAlone = (message: Direct | null): void => {
    if (message?.type === 'beat') membership.heard(message.word);
    if (message?.type === 'confirmed')
      for (const [change, proof, confirmed = 0, total = 0] of message.changes)
        confirmations.confirm(change, message.from, proof, { confirmed, total });
  };

  const changed = ({ from, id: change, stale }: Extract<Broadcast, { type: 'change' }>): void => {
    const pending = (stale ?? [ALL_STALE]).flatMap((one) => local.invalidate(one).pending);
    // Includes our own: if the response to the commit was lost, it is not announced here.
    if (from === id) return;
    if (stale && !stale.some(concernsKeys)) return;
    // The row that other nodes know now. A later one is of another connection, and confirms for itself.
    const { secret } = membership;
    if (pending.length === 0) return acks.confirm(from, change, secret, NOBODY);
    void allConfirmed({ pending }).then((notified) => acks.confirm(from, change, secret, notified));
  };

  const look = async (): Promise<void> => {
    if (started) await membership.look();
    else membership.seen(await readNodes(db));
  };

  return {
    subscribe: local.subscribe,
    onInvalidate: local.onInvalidate,
    isCurrent: () => lease.isHeld(),
    remainingMs: () => lease.remaining(),
    spansNodes: true,
    watch: (organizationId) => usage.watch(organizationId),
    emit(event) {
      local.emit(event);
      if (event.type !== 'change') usage.send(event);
    },
    async prepare(tx, changes) {
      const [first] = changes;
      if (!first) return;
      confirmations.expect(first.id, performance.now());
      const message = encode({ type: 'change', from: id, id: first.id, stale: staleBy(changes) });
      await sql`select pg_notify(${BROADCAST}, ${message})`.execute(tx);
    },
    async announce(changes): Promise<Propagation> {
      const committedAt = performance.now();
      const notified = local.announce(changes);
      return propagated(changes, committedAt, { nodes: membership.nodes, confirmations, look, notified });
    },
    async start() {
      const proof = new Promise<void>((resolve) => {
        firstProof = resolve;
      });
      started = true;
      connection.start();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, leaseMs);
      });
      await Promise.race([proof, patience]);
      clearTimeout(timer);
      if (!lease.isHeld() && !silent) {
        silent = true;
        log.warn(
          "This node doesn't receive the messages of the database that it writes to. It doesn't cache keys until it does: check DATABASE_LISTEN_URL",
        );
      }
    },
    async stop(signsOff = true) {
      if (!started) return;
      started = false;
      membership.stop();
      usage.stop();
      looks.stop();
      if (signsOff) await signOff();
      await connection.stop();
    },
    status: () => ({
      current: lease.isHeld(),
      connected,
      nodes: membership.nodes.rows.length + 1,
      roundTripMs: membership.roundTripMs,
      connectionsLost,
    }),
  };

  /** So that no node waits for this one. If the message can't be sent, the other nodes wait for the lease. */
  async function signOff(): Promise<void> {
    const signedOff = connection.query('delete from nodes where id = $1', [id]).catch(() => {});
    await Promise.race([signedOff, pause(SIGN_OFF_PATIENCE_MS, undefined, { ref: false })]);
  }
}
