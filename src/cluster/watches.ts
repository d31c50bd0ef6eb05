import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../db/tables/tables.ts';
import { encode } from './messages.ts';
import type { NodeRow } from './nodes.ts';
import { BROADCAST } from './notification-channels.ts';

/** Minimum interval between two writes of the watches, milliseconds. */
const SHARE_EVERY_MS = 100;

/** Organizations whose usage is watched: publishes those watched here, and tracks those of the other nodes. */
export class Watches {
  readonly #db: Kysely<Tables>;
  readonly #nodeId: string;
  readonly #here = new Map<string, number>();
  #shared = new Set<string>();
  readonly #elsewhere = new Map<string, { version: number; organizationIds: readonly string[] }>();
  #watchedElsewhere: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | null = null;
  #sharing = false;
  #stopped = false;

  constructor(db: Kysely<Tables>, nodeId: string) {
    this.#db = db;
    this.#nodeId = nodeId;
  }

  /** Watches an organization from here. Returns a stop function. */
  add(organizationId: string): () => void {
    this.#here.set(organizationId, (this.#here.get(organizationId) ?? 0) + 1);
    this.#shareSoon();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const others = (this.#here.get(organizationId) ?? 0) - 1;
      if (others > 0) this.#here.set(organizationId, others);
      else this.#here.delete(organizationId);
      this.#shareSoon();
    };
  }

  /** Whether any organization is watched here. */
  get any(): boolean {
    return this.#here.size > 0;
  }

  /** Whether some other node wants usage of this organization. */
  isWatchedElsewhere(organizationId: string): boolean {
    return this.#watchedElsewhere.has(organizationId);
  }

  /** Publishes the watches. With `all`, also those already published, because they were lost. Never rejects. */
  async share(all = false): Promise<void> {
    if (all) this.#shared = new Set();
    if (this.#sharing || this.#stopped) return;
    const added = [...this.#here.keys()].filter((id) => !this.#shared.has(id));
    const removed = [...this.#shared].filter((id) => !this.#here.has(id));
    if (added.length + removed.length === 0) return;
    this.#sharing = true;
    try {
      const done = await this.#write(added, removed);
      // Without a row of its own, the node publishes all of them after its next beat.
      if (done) this.#shared = new Set([...this.#shared, ...added].filter((id) => !removed.includes(id)));
    } catch {
      // Failures are retried with the next beat.
    } finally {
      this.#sharing = false;
    }
  }

  /** Updates the watches of the other nodes if they have changed. */
  async learn(rows: readonly NodeRow[]): Promise<void> {
    const present = new Set(rows.map(({ id }) => id));
    for (const id of this.#elsewhere.keys()) if (!present.has(id)) this.#elsewhere.delete(id);
    const changed = rows.filter(({ id, watching }) => {
      return id !== this.#nodeId && (this.#elsewhere.get(id)?.version ?? 0) !== watching;
    });
    for (const { id, watching } of changed) {
      const found = await this.#db
        .selectFrom('node_watches')
        .select('organization_id')
        .where('node_id', '=', id)
        .execute();
      const organizationIds = found.map((row) => row.organization_id);
      this.#elsewhere.set(id, { version: watching, organizationIds });
    }
    const all = [...this.#elsewhere.values()].flatMap(({ organizationIds }) => organizationIds);
    this.#watchedElsewhere = new Set(all);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #shareSoon(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.share();
    }, SHARE_EVERY_MS).unref();
  }

  #write(added: readonly string[], removed: readonly string[]): Promise<boolean> {
    return this.#db.transaction().execute(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('nodes')
        .set((eb) => ({ watching: eb('watching', '+', 1) }))
        .where('id', '=', this.#nodeId)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false;
      if (removed.length > 0) {
        await tx
          .deleteFrom('node_watches')
          .where('node_id', '=', this.#nodeId)
          .where('organization_id', 'in', removed)
          .execute();
      }
      if (added.length > 0) {
        await tx
          .insertInto('node_watches')
          .values(added.map((organization_id) => ({ node_id: this.#nodeId, organization_id })))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      await sql`select pg_notify(${BROADCAST}, ${encode({ type: 'watches', from: this.#nodeId })})`.execute(
        tx,
      );
      return true;
    });
  }
}
