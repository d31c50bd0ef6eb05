import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A bare connection: sends what no proper client would. */
export interface RawConnection {
  readonly socket: Socket;
  send(text: string): void;
  /** Everything that came so far. */
  received(): string;
  /** Resolves with everything that came once the other side has closed. */
  closed(): Promise<string>;
}

/**
 * Connects to a server at an address such as `http://127.0.0.1:4000`. With `allowHalfOpen` the client's side stays open
 * when the server has closed its own.
 */
export async function openConnection(
  url: string,
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, ...options });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  // A reset is one way to be closed.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return {
    socket,
    send: (data) => void socket.write(data),
    received: () => text,
    closed: async () => {
      if (!socket.closed) await once(socket, 'close');
      return text;
    },
  };
}
