import { RECORD_MAX_BYTES } from './byte-source.ts';
import { SourceError } from './record.ts';

/** A value of a JSON document, with the line that it starts on. Null: longer than RECORD_MAX_BYTES. */
export interface JsonValue {
  readonly line: number;
  readonly bytes: Buffer | null;
}

const [QUOTE, BACKSLASH, LINE_FEED] = [0x22, 0x5c, 0x0a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The start of a list that holds the records of a response or request: `{"data": [` or `{"keys": [`. */
const ENVELOPE = /"(?:data|keys)"\s*:\s*$/;

/** Longer than any name and the white space around it. */
const ENVELOPE_MAX_BYTES = 200;

/**
 * Splits JSON into its objects without parsing them: one after the other, in a list, or in the list `data` or `keys` of
 * an object. Buffers one object at most. Throws SourceError if brackets don't match.
 */
export async function* readJsonValues(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonValue> {
  let line = 1;
  let depth = 0;
  /** Depth at which records are. Deeper in an envelope. */
  let base = 0;
  let isText = false;
  let isEscaped = false;
  let record: { line: number; parts: Buffer[]; length: number } | null = null;
  for await (const chunk of chunks) {
    let from = 0;
    const collect = (end: number): void => {
      if (!record) return;
      record.length += end - from;
      if (record.length > RECORD_MAX_BYTES) record.parts = [];
      else record.parts.push(chunk.subarray(from, end));
      from = end;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === LINE_FEED) line += 1;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (byte === QUOTE) isText = true;
      else if (byte === OBJECT || byte === LIST) {
        depth += 1;
        if (!record && depth === base + 1) {
          if (byte === LIST && base === 0) base = 1;
          else if (byte === OBJECT) {
            record = { line, parts: [], length: 0 };
            from = at;
          }
        } else if (record && byte === LIST && base === 0 && depth === 2) {
          collect(at);
          if (ENVELOPE.test(endOf(record.parts))) {
            base = 2;
            record = null;
          }
        }
      } else if (byte === OBJECT_END || byte === LIST_END) {
        depth -= 1;
        if (depth < 0) throw new SourceError(`line ${line}: a bracket is closed that was not opened`);
        if (record && depth === base) {
          collect(at + 1);
          const { parts, length } = record;
          yield { line: record.line, bytes: length > RECORD_MAX_BYTES ? null : Buffer.concat(parts) };
          record = null;
        } else if (depth < base) base = 0;
      }
    }
    collect(chunk.length);
  }
  if (depth > 0 || isText) throw new SourceError(`line ${line}: the file ends within a value`);
}

function endOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts.slice(-2)).subarray(-ENVELOPE_MAX_BYTES).toString('latin1');
}
