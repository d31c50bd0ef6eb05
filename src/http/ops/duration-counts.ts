/** Counts of durations, as a histogram needs them, in a few nanoseconds each. */
export class DurationCounts {
  readonly #bounds: readonly number[];
  /** One count for each bucket, one for what is beyond them, and the sum in seconds. */
  readonly values: Float64Array;

  /** `bounds`: upper bounds of the buckets in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.values = new Float64Array(bounds.length + 2);
  }

  readonly observe = (seconds: number): void => {
    const { values } = this;
    const bounds = this.#bounds;
    const { length } = bounds;
    let bucket = 0;
    while (bucket < length && seconds > (bounds[bucket] as number)) bucket += 1;
    values[bucket] = (values[bucket] as number) + 1;
    values[length + 1] = (values[length + 1] as number) + seconds;
  };
}
