import { request as httpRequest, type IncomingMessage } from 'node:http';

export const FORM = 'application/x-www-form-urlencoded';

export interface IntrospectAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read responses of every shape.
  readonly body: any;
}

export interface IntrospectRequest {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Parameters of the form, or its text. */
  readonly form?: Readonly<Record<string, string>> | string | Buffer;
  readonly contentType?: string | null;
}

/** Sends a request to /introspect with exactly these headers, which may repeat. */
export function introspect(
  { url }: { readonly url: string },
  { method = 'POST', query = '', headers = [], form = {}, contentType = FORM }: IntrospectRequest,
): Promise<IntrospectAnswer> {
  const body = typeof form === 'string' || Buffer.isBuffer(form) ? form : String(new URLSearchParams(form));
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/introspect${query}`, { method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text,
          body: text.startsWith('{') ? JSON.parse(text) : null,
        }),
      );
    });
    if (contentType !== null) sent.setHeader('Content-Type', contentType);
    for (const [name, value] of headers) sent.appendHeader(name, value);
    sent.on('error', reject).end(method === 'POST' ? body : undefined);
  });
}

/** The header of HTTP Basic, without the form-encoding of the parts. */
export function basic(id: string, secret: string): readonly [string, string] {
  return ['Authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`];
}

export function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`];
}
