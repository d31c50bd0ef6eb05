import { Agent, request } from 'node:http';

/** An answer as it came; status 0 where none came. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}

const PATIENCE_MS = 30_000;

/** Connections to servers, kept open between requests. */
export class Requests {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** Sends one request, once. Never rejects. */
  send(
    url: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answered> {
    return new Promise((resolve) => {
      const lost = () => resolve({ status: 0, body: '' });
      const sent = request(url, { method, headers, agent: this.#agent, timeout: PATIENCE_MS }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', lost);
        response.on('close', lost);
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', lost);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
