import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Subject } from './subject.ts';

/**
 * The least possible work: sends a prepared message of this size to every socket or, if every subscriber has its own
 * keys, to one. `frame` writes a prebuilt frame directly to the connection below `ws`.
 */
export async function startFloor(bytes: number, frame: boolean, keysPerSubscriber: number): Promise<Subject> {
  const sockets: { socket: WebSocket; stream: Duplex }[] = [];
  const server = createServer();
  const upgrader = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  server.on('upgrade', (request, stream, head) => {
    upgrader.handleUpgrade(request, stream, head, (socket) => {
      let known = false;
      socket.on('message', () => {
        if (known) return;
        known = true;
        socket.send('{"type":"connection_ack"}');
        sockets.push({ socket, stream });
      });
      socket.on('error', () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const text = 'x'.repeat(bytes);
  const ready = Buffer.concat([Buffer.from([0x81, 126, bytes >> 8, bytes & 0xff]), Buffer.from(text)]);
  const send = ({ socket, stream }: { socket: WebSocket; stream: Duplex }): void => {
    if (frame) stream.write(ready);
    else socket.send(text);
  };
  return {
    port: (server.address() as AddressInfo).port,
    publish(key) {
      const one = keysPerSubscriber ? sockets[Math.floor(key / keysPerSubscriber) % sockets.length] : null;
      if (one) send(one);
      else for (const each of sockets) send(each);
    },
  };
}
