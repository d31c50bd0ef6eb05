import { AppError } from '../../core/errors.ts';

/** JSON writes one UTF-16 unit as at most six bytes: `\u0000`. */
const BYTES_PER_UNIT_MAX = 6;

/** `"":,` around the name and the value of a field. */
const FIELD_UNITS = 4;

/** Code, path and locations of an error, in addition to its message. */
const ERROR_UNITS = 200;
const ERROR_MESSAGE_UNITS_MAX = 1_000;

/**
 * How much JSON an operation may still return. Values are counted by string length while the result is built, so that
 * a result is abandoned before it takes much memory. `fits` decides exactly, before JSON is written.
 */
export class ResponseBudget {
  readonly #max: number;
  readonly #changes: boolean;
  #units = 0;

  /**
   * `max`: bytes of the response in UTF-8. `changes`: whether the operation's changes may take effect before the budget
   * is exceeded.
   */
  constructor(max: number, changes = false) {
    this.#max = max;
    this.#changes = changes;
  }

  /** For operations whose response was bounded before they ran. */
  static unlimited(): ResponseBudget {
    return new ResponseBudget(Number.POSITIVE_INFINITY);
  }

  /** Whether the budget is exceeded: every further count throws. */
  get exceeded(): boolean {
    return this.#units > this.#max;
  }

  /** Error for an exceeded budget. */
  get error(): AppError {
    const consequence = this.#changes ? ' The changes took effect.' : '';
    return responseTooLarge(`The response exceeds ${this.#max} bytes.${consequence}`);
  }

  /** Counts units. Throws an AppError with the code RESPONSE_TOO_LARGE if they exceed the budget. */
  add(units: number): void {
    this.#units += units;
    if (this.#units > this.#max) throw this.error;
  }

  /** Counts a value that is written unchanged: a leaf of the result. Throws like `add`. */
  addValue(value: unknown): void {
    if (typeof value === 'string') this.add(value.length + 3);
    else if (typeof value !== 'object' || value === null) this.add(FIELD_UNITS);
    else this.#addParts(value);
  }

  #addParts(value: object): void {
    this.add(2);
    if (Array.isArray(value)) {
      for (const item of value) this.addValue(item);
      return;
    }
    for (const key in value) {
      this.add(key.length + FIELD_UNITS);
      this.addValue((value as Record<string, unknown>)[key]);
    }
  }

  /** Counts an error of a field. Throws like `add`. */
  addError({ message }: Error): void {
    this.add(ERROR_UNITS + Math.min(message.length, ERROR_MESSAGE_UNITS_MAX));
  }

  /** Whether the JSON of a result whose values were counted is within the budget, to the byte. */
  fits(result: object): boolean {
    // Most results are far from the limit for any characters.
    return this.#units * BYTES_PER_UNIT_MAX <= this.#max || jsonBytes(result, this.#max) <= this.#max;
  }
}

/** Units that the names of an object's fields take. */
export function namesUnits(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length + FIELD_UNITS, 2);
}

function responseTooLarge(what: string): AppError {
  return new AppError('RESPONSE_TOO_LARGE', `${what} Request fewer rows (\`first\`) or fields.`);
}

/** The error of an operation that didn't run because its response could exceed `max` bytes. */
export function responseCouldBeTooLarge(max: number): AppError {
  return responseTooLarge(`The response could exceed ${max} bytes, so nothing was changed.`);
}

/** Number of bytes that `JSON.stringify` would write, in UTF-8; if it exceeds `max`, some number above `max`. */
export function jsonBytes(value: unknown, max: number): number {
  if (typeof value === 'string') return stringBytes(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value).length : 4;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonBytes(value.toJSON(), max);
  // The brackets, and a comma after each part but the last.
  let bytes = 1;
  for (const [key, part] of partsOf(value)) {
    if (bytes > max) return bytes;
    bytes += (key === null ? 0 : stringBytes(key) + 1) + jsonBytes(part, max - bytes) + 1;
  }
  return Math.max(2, bytes);
}

function* partsOf(value: object): Generator<readonly [string | null, unknown]> {
  if (Array.isArray(value)) for (const item of value) yield [null, item ?? null];
  else for (const [key, part] of Object.entries(value)) if (part !== undefined) yield [key, part];
}

function stringBytes(text: string): number {
  let bytes = 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += ASCII_BYTES[unit] ?? 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    // Half of a surrogate pair counts as two of its four bytes. A lone surrogate is escaped.
    else bytes += isPaired(text, at, unit) ? 2 : BYTES_PER_UNIT_MAX;
  }
  return bytes;
}

function isPaired(text: string, at: number, unit: number): boolean {
  const other = text.charCodeAt(unit < 0xdc00 ? at + 1 : at - 1);
  return unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
}

const ASCII_BYTES = Uint8Array.from(
  { length: 0x80 },
  (_, unit) => JSON.stringify(String.fromCharCode(unit)).length - 2,
);
