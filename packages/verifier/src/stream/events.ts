import { object, ProtocolError, positive, text, texts, whole } from './values.ts';

/** An event of the stream. Numbers begin with 1 and increase by 1. */
export type StreamEvent =
  | {
      readonly type: 'VerifierWelcome';
      readonly number: number;
      readonly stream: string;
      readonly writer: string;
      readonly leaseMs: number;
      readonly renewMs: number;
      readonly reportMs: number;
    }
  | {
      readonly type: 'VerifierLease';
      readonly number: number;
      readonly nonce: string;
      readonly leaseMs: number;
      readonly serverTime: number;
    }
  | {
      readonly type: 'VerifierChange';
      readonly number: number;
      readonly organizationId: string;
      readonly first: number;
      readonly last: number;
      /** Null: any key of the organization. */
      readonly apiKeyIds: readonly string[] | null;
    }
  | { readonly type: 'VerifierReset'; readonly number: number }
  | { readonly type: 'VerifierRecall'; readonly number: number; readonly slices: readonly string[] };

/** Reads an event. Throws ProtocolError if it isn't one. */
export function readEvent(data: unknown): StreamEvent {
  const event = object(object(data, 'data').verifierEvents, 'verifierEvents');
  const number = whole(event.number, 'number');
  switch (event.__typename) {
    case 'VerifierWelcome':
      return {
        type: 'VerifierWelcome',
        number,
        stream: text(event.stream, 'stream'),
        writer: text(event.writer, 'writer'),
        leaseMs: positive(event.leaseMs, 'leaseMs'),
        renewMs: positive(event.renewMs, 'renewMs'),
        reportMs: positive(event.reportMs, 'reportMs'),
      };
    case 'VerifierLease':
      return {
        type: 'VerifierLease',
        number,
        nonce: text(event.nonce, 'nonce'),
        leaseMs: positive(event.leaseMs, 'leaseMs'),
        serverTime: positive(event.serverTime, 'serverTime'),
      };
    case 'VerifierChange':
      return {
        type: 'VerifierChange',
        number,
        organizationId: text(event.organizationId, 'organizationId'),
        first: whole(event.first, 'first'),
        last: whole(event.last, 'last'),
        apiKeyIds: event.apiKeyIds === null ? null : texts(event.apiKeyIds, 'apiKeyIds'),
      };
    case 'VerifierReset':
      return { type: 'VerifierReset', number };
    case 'VerifierRecall':
      return { type: 'VerifierRecall', number, slices: texts(event.slices, 'slices') };
    default:
      throw new ProtocolError('An event of the server has an unknown type');
  }
}
