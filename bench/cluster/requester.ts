import { connect, type Socket } from 'node:net';

const IDLE_MAX_MS = 2_000;

/** A connection with one request at a time, and as little client work as possible. */
export class Requester {
  readonly #url: URL;
  #socket: Socket;
  #usedAt = performance.now();
  #waiting: ((status: number, body: string) => void) | null = null;
  #received = '';

  constructor(url: string) {
    this.#url = new URL(url);
    this.#socket = this.#connect();
  }

  /** Sends a request and waits for its response. */
  send(method: string, path: string, headers: string, body = ''): Promise<{ status: number; body: string }> {
    // The server closes idle connections.
    if (performance.now() - this.#usedAt > IDLE_MAX_MS) {
      this.#socket.destroy();
      this.#socket = this.#connect();
    }
    return new Promise((resolve) => {
      this.#waiting = (status, text) => resolve({ status, body: text });
      const length = body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : '';
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${headers}${length}\r\n${body}`,
      );
    });
  }

  /** Presents a key. Returns the status of the response. */
  async verify(secret: string): Promise<number> {
    return (await this.send('GET', '/verify', `Authorization: Bearer ${secret}\r\n`)).status;
  }

  close(): void {
    this.#socket.destroy();
  }

  #connect(): Socket {
    const { hostname, port } = this.#url;
    const socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    return socket.on('data', (text: string) => this.#receive(text));
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    let body = this.#received.slice(end + 4);
    if (/^transfer-encoding: chunked/im.test(head)) {
      if (!body.endsWith('0\r\n\r\n')) return;
      body = body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/gi, '');
    } else if (body.length < length) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#received = '';
    this.#usedAt = performance.now();
    waiting?.(Number(head.slice(9, 12)), body);
  }
}
