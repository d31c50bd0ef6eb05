import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

/** Maximum length of a line or record, bytes. The largest valid key is far shorter. */
export const RECORD_MAX_BYTES = 1_048_576;

/** A file that is read once, from its beginning. */
export interface ByteSource {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes. */
  readonly size: number;
  /** Bytes read so far. */
  done(): number;
  close(): Promise<void>;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Opens a file without the byte order mark that it may start with. Rejects if it can't be read. */
export async function openBytes(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat().catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  const stream = createReadStream('', { fd: handle, highWaterMark: 262_144 });
  async function* chunks(): AsyncGenerator<Buffer> {
    let isFirst = true;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const start = isFirst && chunk.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
      isFirst = false;
      yield chunk.subarray(start);
    }
  }
  const close = async (): Promise<void> => {
    stream.destroy();
    // Reading reports errors.
    await finished(stream).catch(() => {});
  };
  return { chunks: chunks(), size, done: () => stream.bytesRead, close };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes as text; null if they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
