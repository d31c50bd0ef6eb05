import type { Duplex } from 'node:stream';

/** Rejects an upgrade and closes the connection, whatever the client does with its side of it. */
export function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on('error', () => {});
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
