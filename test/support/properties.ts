import type { Parameters } from 'fast-check';
import { onTestFailed } from 'vitest';

/** How often every property is checked; null: as often as its test says. */
const RUNS = given('PROPERTY_RUNS', 1);

/** What all random values begin from, as the message of a failure says. */
const SEED = given('PROPERTY_SEED', -(2 ** 31));

const SEED_MAX = 2 ** 31;

/** Of a test that checks a property, milliseconds; none where PROPERTY_RUNS says how long it takes. */
export const PROPERTY_TIMEOUT_MS = RUNS === null ? 240_000 : 0;

/**
 * How `fc.assert` checks a property: `usual` times, or PROPERTY_RUNS times; from the seed of the test, or from PROPERTY_SEED.
 * Where PROPERTY_RUNS is set and PROPERTY_SEED is not, each time from another seed. A failure says which it was.
 */
export function runs<T>(usual: number, options: Parameters<T> = {}): Parameters<T> {
  const { seed, ...others } = options;
  const from = SEED ?? (RUNS === null ? seed : undefined);
  return { ...others, ...(from !== undefined && { seed: from }), numRuns: RUNS ?? usual };
}

/** The seeds of a test that has a name for each: from 1 to `usual`, or PROPERTY_RUNS others, or PROPERTY_SEED. */
export function seeds(usual: number): number[] {
  if (SEED !== null) return [SEED];
  return Array.from({ length: RUNS ?? usual }, (_, index) => (RUNS === null ? index + 1 : newSeed()));
}

/** Random numbers from 0 up to 1 for the test that runs, from its seed or another as above; a failure prints which. */
export function randomOfTest(seed = newSeed()): () => number {
  const from = SEED ?? (RUNS === null ? seed : newSeed());
  onTestFailed(() => void process.stderr.write(`The test failed with PROPERTY_SEED=${from}\n`));
  return seededRandom(from);
}

/** Always the same numbers from 0 up to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    // Mulberry32: small, and good enough to scatter events.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function newSeed(): number {
  return Math.floor(Math.random() * SEED_MAX);
}

function given(name: string, min: number): number | null {
  const text = process.env[name];
  if (!text) return null;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < min) throw new Error(`${name} must be a whole number`);
  return number;
}
