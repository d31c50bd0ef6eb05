import { RECORD_MAX_BYTES } from './byte-source.ts';

/** A line of a file, counted from 1, without its end. Null: longer than RECORD_MAX_BYTES. */
export interface Line {
  readonly line: number;
  readonly bytes: Buffer | null;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Splits bytes into lines that end with LF or CRLF, except for the last. Buffers one line at most. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let line = 1;
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > RECORD_MAX_BYTES) parts = [];
    else parts.push(part);
  };
  const take = (): Line => {
    const bytes = length > RECORD_MAX_BYTES ? null : withoutReturn(parts);
    parts = [];
    length = 0;
    return { line, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      yield take();
      line += 1;
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

function withoutReturn(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  const bytes = only && parts.length === 1 ? only : Buffer.concat(parts);
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
