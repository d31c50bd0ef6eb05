import type { IncomingMessage } from 'node:http';
import { Refusal } from '../core/refusal.ts';

/** Throws a Refusal (415) if the body of a request isn't of this media type, in UTF-8. */
export function requireContentType({ headers }: IncomingMessage, required: string): void {
  const contentType = headers['content-type'] ?? '';
  if (contentType === required) return;
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type === required && /^(?:charset="?utf-8"?)?$/.test(charset ?? '')) return;
  throw new Refusal(415, 'BAD_REQUEST', `The content type must be ${required} in UTF-8`, {
    'Accept-Post': `${required}; charset=utf-8`,
  });
}
