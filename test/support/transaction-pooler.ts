import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Client messages after each of which the server says that it is ready: query and sync (PostgreSQL, 54.7). */
const ENDS_WITH_READY: readonly string[] = ['Q', 'S'];
const NOTIFICATION = 'A';
const BACKEND_KEY = 'K';
const READY = 'Z';

/**
 * A pooler in transaction mode in front of PostgreSQL, as PgBouncer is one: between two transactions no server connection
 * belongs to a client, so that notifications of then are dropped; and it makes up the process that clients are told of.
 */
export async function openTransactionPooler(url: string): Promise<{ url: string; dropped(): number }> {
  const target = Number(new URL(url).port);
  const sockets = new Set<Socket>();
  let dropped = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    // The start-up, too, ends with the server being ready.
    let open = 1;
    const fromClient = messages(false, (type, message) => {
      if (ENDS_WITH_READY.includes(type)) open += 1;
      far.write(message);
    });
    const fromServer = messages(true, (type, message) => {
      if (type === NOTIFICATION && open === 0) {
        dropped += 1;
        return;
      }
      if (type === BACKEND_KEY) message.writeInt32BE(0x7badcafe, 5);
      near.write(message);
      if (type === READY) open -= 1;
    });
    near.on('data', fromClient);
    far.on('data', fromServer);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The pooler has no port');
  const changed = new URL(url);
  changed.host = `127.0.0.1:${address.port}`;
  return { url: changed.href, dropped: () => dropped };
}

/** Cuts a stream into messages; a client's first one has no type. */
function messages(typed: boolean, receive: (type: string, message: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  let hasType = typed;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const start = hasType ? 1 : 0;
      if (rest.length < start + 4) return;
      const end = start + rest.readInt32BE(start);
      if (rest.length < end) return;
      receive(hasType ? String.fromCharCode(rest[0] ?? 0) : '', Buffer.from(rest.subarray(0, end)));
      rest = rest.subarray(end);
      hasType = true;
    }
  };
}
