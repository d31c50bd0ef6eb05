import { connect, type Socket } from 'node:net';

/** A connection to a server on which one request follows the other: as little work as a client can do. */
export class Requester {
  readonly #socket: Socket;
  readonly #host: string;
  #waiting: ((status: number, body: string) => void) | null = null;
  #received = '';

  constructor(url: string) {
    const { hostname, port, host } = new URL(url);
    this.#host = host;
    this.#socket = connect(Number(port), hostname).setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#receive(text));
  }

  /** Sends a request and waits for its answer. */
  send(method: string, path: string, headers: string, body = ''): Promise<{ status: number; body: string }> {
    return new Promise((resolve) => {
      this.#waiting = (status, text) => resolve({ status, body: text });
      const length = body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : '';
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${headers}${length}\r\n${body}`,
      );
    });
  }

  /** Presents a key; gives the answer's status. */
  async verify(secret: string): Promise<number> {
    return (await this.send('GET', '/verify', `Authorization: Bearer ${secret}\r\n`)).status;
  }

  close(): void {
    this.#socket.destroy();
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
    waiting?.(Number(head.slice(9, 12)), body);
  }
}
