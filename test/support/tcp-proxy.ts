import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a server, which a test can spoil. */
export interface TcpProxy {
  readonly port: number;
  /** The same address by this way. */
  through(url: string): string;
  /** Cuts every connection, and refuses new ones until `mend`. */
  cut(): void;
  /**
   * Cuts as `cut` does when the client has sent this many more packets, instead of the last of them. Mends by itself
   * once it has rejected `rejections` connections since.
   */
  cutAfter(packets: number, rejections?: number): void;
  /** Lets nothing through any more, and closes nothing: bytes vanish until `mend`, which cuts what was open. */
  swallow(): void;
  /** From now on, what the server answers comes this much later, milliseconds. */
  delayAnswers(milliseconds: number): void;
  /**
   * Cuts at the commit of the next transaction of PostgreSQL that sends this text: before it arrives, or when it has
   * been made. Resolves then.
   */
  cutAtCommit(text: string, when: 'before' | 'after'): Promise<void>;
  mend(): void;
}

/** Opens a way to a port of this machine; closed with the test at the latest, or when `atEnd` says. */
export async function openProxy(
  target: number,
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'swallowing' = 'open';
  let delay = 0;
  let packetsLeft = Number.POSITIVE_INFINITY;
  let rejectionsLeft = Number.POSITIVE_INFINITY;
  let watched: { readonly text: string; readonly when: 'before' | 'after'; cut(): void } | null = null;
  const cut = (): void => {
    state = 'cut';
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const mend = (): void => {
    if (state === 'swallowing') cut();
    state = 'open';
    delay = 0;
    packetsLeft = Number.POSITIVE_INFINITY;
    rejectionsLeft = Number.POSITIVE_INFINITY;
  };
  const server = createServer((near) => {
    if (state === 'cut') {
      rejectionsLeft -= 1;
      if (rejectionsLeft <= 0) mend();
      return near.destroy();
    }
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (state !== 'swallowing') other.destroy();
      });
    }
    let isWatched = false;
    let isCommitted = false;
    near.on('data', (data) => {
      isWatched ||= watched !== null && data.includes(watched.text);
      if (watched && isWatched && data.includes('commit')) {
        if (watched.when === 'before') return watched.cut();
        isCommitted = true;
      }
      packetsLeft -= 1;
      if (packetsLeft <= 0) cut();
      if (state === 'open') far.write(data);
    });
    far.on('data', (data) => {
      if (isCommitted) watched?.cut();
      if (state !== 'open') return;
      if (delay === 0) near.write(data);
      else setTimeout(() => state === 'open' && near.writable && near.write(data), delay);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  const { port } = address;
  atEnd(async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  return {
    port,
    through: (url) => {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    cut,
    cutAfter: (packets, rejections = Number.POSITIVE_INFINITY) => {
      packetsLeft = packets;
      rejectionsLeft = rejections;
    },
    cutAtCommit: (text, when) =>
      new Promise((resolve) => {
        watched = {
          text,
          when,
          cut: () => {
            watched = null;
            cut();
            resolve();
          },
        };
      }),
    swallow: () => {
      state = 'swallowing';
    },
    delayAnswers: (milliseconds) => {
      delay = milliseconds;
    },
    mend,
  };
}
