import { findInexact, INEXACT, parseJson } from '../../core/exact-json.ts';
import { quotable } from '../../core/scrub.ts';
import { isWritable, parseTime } from '../../core/time.ts';
import { decodeUtf8 } from './byte-source.ts';

/** Reasons that are listed for a record. */
const REASONS_MAX = 20;

const LIST_MAX = 1_000;

type Given = Readonly<Record<string, unknown>>;

/**
 * The properties of a record of unknown form. Each method returns a property's value, or undefined if it is missing or
 * null; a value of another type is a fault. `faults` quotes no values, because they may be secrets or hashes.
 */
export class Fields {
  readonly faults: string[] = [];
  readonly #record: Given;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(record: Given, path = '') {
    this.#record = record;
    this.#path = path;
  }

  /** The value, whatever it is. */
  any(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#record, name) ? (this.#record[name] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'string') return value;
    return this.fault(name, 'must be a string');
  }

  /** A string that isn't empty. */
  filled(name: string): string | undefined {
    return this.text(name) || undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'boolean') return value;
    // SQLite has no booleans.
    if (value === 0 || value === 1) return value === 1;
    return this.fault(name, 'must be true or false');
  }

  whole(name: string): number | undefined {
    const value = this.any(name);
    // Drivers return 64-bit integers as strings.
    const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (number === undefined || Number.isSafeInteger(number)) return number as number | undefined;
    return this.fault(name, 'must be a whole number');
  }

  /** A time in RFC 3339, as a Date, or in milliseconds since the epoch. */
  time(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const time =
      typeof value === 'string' ? parseTime(value) : value instanceof Date ? value.getTime() : value;
    if (typeof time === 'number' && Number.isSafeInteger(time) && isWritable(time)) return time;
    return this.fault(name, 'must be a time such as 2027-01-31T12:00:00Z');
  }

  /** A list of strings. */
  texts(name: string): string[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (!isList) return this.fault(name, 'must be a list of strings');
    return value.length > LIST_MAX ? this.fault(name, `must have at most ${LIST_MAX} entries`) : value;
  }

  object(name: string): Record<string, unknown> | undefined {
    const value = this.any(name);
    if (value === undefined || isObject(value)) return value;
    return this.fault(name, 'must be an object');
  }

  /** A list of objects. */
  objects(name: string): Record<string, unknown>[] | undefined {
    const value = this.any(name);
    if (value === undefined || (Array.isArray(value) && value.every(isObject))) return value;
    return this.fault(name, 'must be a list of objects');
  }

  /** An object, or one as JSON in a string, even twice. */
  json(name: string): Record<string, unknown> | undefined {
    let value = this.any(name);
    for (let times = 0; typeof value === 'string' && times < 2; times += 1) {
      try {
        value = value === '' ? undefined : (parseJson(value) ?? undefined);
      } catch {
        break;
      }
    }
    if (value === undefined) return undefined;
    if (!isObject(value)) return this.fault(name, 'must be a JSON object');
    return findInexact(value) === null ? value : this.fault(name, INEXACT);
  }

  /** The nested object under a name, whose faults are added to these. */
  nested<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.object(name);
    if (value === undefined) return undefined;
    const fields = new Fields(value, `${this.#path}${name}.`);
    const result = read(fields);
    this.faults.push(...fields.faults);
    return result;
  }

  /** Records a fault of a property. */
  fault(name: string, message: string): undefined {
    if (this.faults.length < REASONS_MAX) this.faults.push(`${this.#path}${name}: ${message}`);
    return undefined;
  }

  /** Records every property that was not read: a misspelled restriction must not be lost. */
  refuseOthers(): void {
    for (const name of Object.keys(this.#record))
      if (!this.#read.has(name)) this.fault(quotable(name), 'is not a known field');
  }
}

/** The JSON object in these bytes, or the reason why they can't be read. */
export function parseRecord(bytes: Buffer | null): Record<string, unknown> | string {
  if (bytes === null) return 'is longer than 1 MiB';
  const text = decodeUtf8(bytes);
  if (text === null) return 'is not valid UTF-8';
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return 'is not valid JSON';
  }
  if (!isObject(value)) return 'is not a JSON object';
  const inexact = findInexact(value);
  return inexact === null ? value : `${inexact}: ${INEXACT}`;
}

/** Whether a value is an object and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
