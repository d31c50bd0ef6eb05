import type { Change, Row } from './database.ts';
import type { Verifier } from './verifier.ts';

const AT_ONCE = 2;
const OVERTAKEN_MAX = 5;

/** A verification that waits for its key. */
interface Waiter {
  /** What it has to know at least: the generation that was answered when it started. */
  readonly required: number;
}

/** A key that is looked up. */
interface Wanted {
  readonly key: number;
  /** Verifications that started before the look-up was sent. */
  readonly waiters: Waiter[];
  overtaken: number;
}

interface UnderWay {
  readonly wanted: Wanted[];
  readonly heard: Change[];
  isReset: boolean;
  isLost: boolean;
}

/** The look-ups of a verifier: batched per turn, two at a time. */
export class LookUps {
  readonly #verifier: Verifier;
  #queued = new Map<number, Wanted>();
  readonly #underWay = new Set<UnderWay>();
  #isScheduled = false;

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  /** A verification starts, and waits for a look-up of its key. */
  add(key: number, required: number): void {
    const waiter = { required };
    if (!this.#verifier.setup.rules.noLateJoins)
      for (const { wanted } of this.#underWay) {
        const known = wanted.find((one) => one.key === key);
        if (known) return void known.waiters.push(waiter);
      }
    this.#queue({ key, waiters: [waiter], overtaken: 0 });
  }

  /** Sends what is queued. */
  flush(): void {
    while (this.#queued.size > 0 && this.#underWay.size < AT_ONCE) {
      const underWay: UnderWay = {
        wanted: [...this.#queued.values()],
        heard: [],
        isReset: false,
        isLost: false,
      };
      const keys = underWay.wanted.map(({ key }) => key);
      if (!this.#verifier.send(keys, (rows) => this.#answered(underWay, rows))) return;
      this.#queued = new Map();
      this.#underWay.add(underWay);
    }
  }

  heard(change: Change | 'reset'): void {
    for (const underWay of this.#underWay) {
      if (change === 'reset') underWay.isReset ||= this.#verifier.setup.rules.resetOvertakes;
      else underWay.heard.push(change);
    }
  }

  /** The stream has ended: its look-ups fail, and so do the verifications that wait for them. */
  lost(): void {
    for (const underWay of this.#underWay) underWay.isLost = true;
    this.#underWay.clear();
    this.#queued.clear();
  }

  #queue(wanted: Wanted): void {
    const known = this.#queued.get(wanted.key);
    if (known) {
      known.waiters.push(...wanted.waiters);
      known.overtaken = Math.max(known.overtaken, wanted.overtaken);
    } else this.#queued.set(wanted.key, wanted);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#verifier.world.after(0, () => {
      this.#isScheduled = false;
      this.#verifier.receive(() => this.flush());
    });
  }

  #answered(underWay: UnderWay, rows: readonly Row[]): void {
    if (underWay.isLost) return;
    this.#underWay.delete(underWay);
    const { rules } = this.#verifier.setup;
    for (const [index, wanted] of underWay.wanted.entries()) {
      const row = rows[index];
      if (!row) continue;
      const isOvertaken =
        underWay.isReset ||
        underWay.heard.some(
          (change) => (change.key ?? row.key) === row.key && change.sequence > row.sequence,
        );
      if (isOvertaken && rules.sequencesChecked && wanted.overtaken < OVERTAKEN_MAX) {
        this.#queue({ ...wanted, overtaken: wanted.overtaken + 1 });
        continue;
      }
      if (!isOvertaken || !rules.sequencesChecked) this.#verifier.cache(row);
      for (const { required } of wanted.waiters) {
        this.#verifier.checker.counts.fromServer += 1;
        this.#verifier.accept(row, 'by a look-up', required);
      }
    }
    this.flush();
  }
}
