import type { GraphQLFormattedError } from 'graphql';
import type { LiveLimits } from '../../core/config/live-limits.ts';
import type { Source } from '../../realtime/source.ts';
import type { GroupMember, SharedExecution, SharedResult } from './shared-execution.ts';

/** Receives the results of a subscription: a WebSocket or an event stream. Its methods never throw. */
export interface Sink {
  /** Sends one serialized result, with the cursor to resume from after it, if any. */
  next(result: SharedResult, cursor: string | null): void;
  /** Ends the subscription with errors. */
  error(errors: readonly GraphQLFormattedError[]): void;
  /** Ends the subscription so that common clients subscribe again by themselves. */
  interrupt(): void;
  /** Bytes that the client has not yet read. */
  readonly buffered: number;
  /** Resolves, always asynchronously, when the client has read them or disconnected. */
  drained(): Promise<void>;
}

/** Maximum buffer for a slow client. */
export type SubscriberLimits = Pick<LiveLimits, 'bufferedMax' | 'conflateFrom' | 'heldMax'>;

/** Maximum number of past events executed at once. Half of them start together and share their reads. */
const REPLAYED_AT_ONCE = 200;

/** Share of the client's buffer that all pending results may fill. */
const REPLAYED_SHARE = 0.25;

const NOBODY = (): void => {};

/** One subscription of one client, with the events that are still to be sent, and what prevents sending them. */
export class Subscriber implements GroupMember {
  readonly organizationId: string;
  readonly permission: string;
  /** Identifies the executions it shares, in addition to the permissions. */
  readonly operation: object;
  readonly #conflate: Source['conflate'];
  readonly #cursorOf: Source['cursorOf'];
  readonly #rightsChanged: () => void;
  readonly #sink: Sink;
  readonly #limits: SubscriberLimits;
  readonly #ended: (subscriber: Subscriber) => void;
  #group: SharedExecution;
  /** Handed to the group and not yet delivered, in order. */
  #underWay: object[] = [];
  /** Held events in order or, if only the newest matters, the newest of each key. */
  #held: object[] | null = null;
  #newest: Map<string, object> | null = null;
  #paused = false;
  #draining = false;
  #leave: (() => void) | null = null;
  /** Number of past events that may be pending: one, until the size of results is known. */
  #atOnce = 1;
  #wake: () => void = NOBODY;
  epoch = 0;
  behind = 0;
  over = false;

  constructor(options: {
    source: Source;
    operation: object;
    group: SharedExecution;
    sink: Sink;
    limits: SubscriberLimits;
    ended: (subscriber: Subscriber) => void;
  }) {
    // Not the source itself: once open, it retains more than thousands of subscribers need.
    this.organizationId = options.source.organizationId;
    this.permission = options.source.permission;
    this.#rightsChanged = options.source.rightsChanged ?? NOBODY;
    this.#conflate = options.source.conflate;
    this.#cursorOf = options.source.cursorOf;
    this.operation = options.operation;
    this.#group = options.group;
    this.#sink = options.sink;
    this.#limits = options.limits;
    this.#ended = options.ended;
  }

  /** Whether the replay is complete and it gets live events. */
  get live(): boolean {
    return this.#leave !== null && !this.over;
  }

  /** Starts its source. Rejects if it can't be opened. */
  async open(source: Source): Promise<void> {
    const leave = await source.open({
      receive: (event) => this.#receive(event),
      ready: () => this.#ready(),
      full: () => this.#isFull(),
      stopped: () => this.over,
      failed: ({ code, message }) => {
        if (code === 'UNAVAILABLE') this.interrupt();
        else this.fail([{ message, extensions: { code } }]);
      },
    });
    if (this.over) leave();
    else this.#leave = leave;
  }

  /** Holds everything, including pending results, until `resume`: the caller may no longer be permitted to see it. */
  pause(): void {
    if (this.#paused || this.over) return;
    this.#paused = true;
    this.#takeBack();
  }

  /** The caller's permissions have changed. */
  rightsChanged(): void {
    this.#rightsChanged();
  }

  /** Continues in the group of its current permissions. */
  resume(group: SharedExecution): void {
    this.#group = group;
    this.#paused = false;
    if (!this.#draining) this.#release();
    this.#wake();
  }

  deliver(event: object, result: SharedResult): void {
    if (this.#sink.buffered > this.#limits.bufferedMax) {
      this.#takeBack();
      return this.#drain();
    }
    const cursor = this.#cursorOf(event);
    // A client that resumes after a later change would never receive this one.
    if (cursor !== null && isUnavailable(result)) return this.interrupt();
    this.#underWay.shift();
    this.#sink.next(result, cursor);
    if (this.#newest && !this.#draining && this.#underWay.length < this.#limits.heldMax / 2) this.#release();
    const fitting = (this.#limits.bufferedMax * REPLAYED_SHARE) / result.json.length;
    this.#atOnce = Math.max(1, Math.min(REPLAYED_AT_ONCE, Math.floor(fitting)));
    if (this.#underWay.length <= this.#atOnce / 2) this.#wake();
  }

  /** Ends it with errors. */
  fail(errors: readonly GraphQLFormattedError[]): void {
    if (this.#end()) this.#sink.error(errors);
  }

  /** Ends it for a temporary reason: the client subscribes again, and resumes. */
  interrupt(): void {
    if (this.#end()) this.#sink.interrupt();
  }

  /** Ends it at the client's request. */
  stop(): void {
    this.#end();
  }

  #receive(event: object): void {
    if (this.over) return;
    // Held events go first. Uses are also held if executions can't keep up, as when a database stalls.
    const full = this.#conflate !== null && this.#underWay.length >= this.#limits.heldMax;
    if (this.#paused || this.#draining || this.#newest || full) {
      this.#hold(event);
    } else if (this.#conflate && this.#sink.buffered > this.#limits.conflateFrom) {
      this.#hold(event);
      this.#drain();
    } else {
      this.#underWay.push(event);
      this.#group.push(event, this);
    }
  }

  /** Pending results must be discarded: they are sent again later, before held ones. */
  #takeBack(): void {
    this.epoch += 1;
    this.behind = 0;
    const events = [...this.#underWay, ...this.#unhold()];
    this.#underWay = [];
    for (const event of events) this.#hold(event);
  }

  #hold(event: object): void {
    if (this.over) return;
    const conflate = this.#conflate;
    if (!conflate) {
      // Limited to what was pending: further events are left for replay.
      this.#held ??= [];
      this.#held.push(event);
      return;
    }
    this.#newest ??= new Map();
    const group = conflate.group(event);
    const older = this.#newest.get(group);
    this.#newest.set(group, older ? conflate.merge(older, event) : event);
  }

  /** Returns the held events in order, and clears them. */
  #unhold(): object[] {
    const held = [...(this.#held ?? []), ...(this.#newest?.values() ?? [])];
    this.#held = null;
    this.#newest = null;
    return held;
  }

  #release(): void {
    for (const event of this.#unhold()) this.#receive(event);
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    void this.#sink.drained().then(() => {
      this.#draining = false;
      if (!this.over && !this.#paused) this.#release();
      this.#wake();
    });
  }

  async #ready(): Promise<number> {
    for (;;) {
      await this.#sink.drained();
      if (this.over) return 1;
      if (this.#paused || this.#draining || this.#underWay.length > this.#atOnce / 2)
        await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#sink.buffered <= this.#limits.conflateFrom)
        return Math.max(1, this.#atOnce - this.#underWay.length);
    }
  }

  /** Whether a change would be buffered in memory here instead of in the log. */
  #isFull(): boolean {
    if (this.#paused || this.#draining || this.#held !== null) return true;
    const most = Math.min(this.#limits.heldMax, REPLAYED_AT_ONCE);
    return this.#underWay.length >= most || this.#sink.buffered > this.#limits.conflateFrom;
  }

  #end(): boolean {
    if (this.over) return false;
    this.over = true;
    this.epoch += 1;
    this.#leave?.();
    this.#underWay = [];
    this.#unhold();
    this.#wake();
    this.#ended(this);
    return true;
  }
}

/** Whether a result has no data because the database is unavailable. */
function isUnavailable({ data, errors = [] }: SharedResult): boolean {
  return !data && errors.some(({ extensions }) => extensions.code === 'UNAVAILABLE');
}
