import type {
  Change,
  LeaseGrant,
  Recall,
  Reset,
  VerifierEvent,
  Welcome,
} from '../../src/verifiers/stream/verifier-events.ts';
import { verifierSource } from '../../src/verifiers/verifier-source.ts';
import { builder } from '../builder.ts';
import { subscribe } from '../subscriptions.ts';

type Numbered<T> = T & { readonly number: number };

const TYPE_NAMES = {
  welcome: 'VerifierWelcome',
  lease: 'VerifierLease',
  change: 'VerifierChange',
  reset: 'VerifierReset',
  recall: 'VerifierRecall',
} as const satisfies Record<VerifierEvent['type'], string>;

const VerifierEventRef = builder.interfaceRef<VerifierEvent>('VerifierEvent').implement({
  description: 'An event for an embedded verifier. The verifier acknowledges events by their numbers',
  resolveType: ({ type }) => TYPE_NAMES[type],
  fields: (t) => ({
    number: t.expose('number', {
      type: 'SafeInt',
      description: 'Number of the event in its stream: 1 for the first, then increasing by one',
    }),
  }),
});

builder.objectType(builder.objectRef<Numbered<Welcome>>(TYPE_NAMES.welcome), {
  description: 'First event of a stream. The verifier starts with an empty cache',
  interfaces: [VerifierEventRef],
  fields: (t) => ({
    stream: t.exposeID('stream', {
      description: 'ID of the stream, for `verifierKeys`, `reportVerifications` and pongs on the same socket',
    }),
    writer: t.exposeString('writer', {
      description:
        'Identifies the verifier’s batches of usage. Pass it as `writer` after a reconnect, so that their numbers continue',
    }),
    leaseMs: t.exposeInt('leaseMs', { description: 'Longest duration of a lease, in milliseconds' }),
    renewMs: t.exposeInt('renewMs', {
      description: 'Milliseconds from the request for a lease to the next one',
    }),
    reportMs: t.exposeInt('reportMs', {
      description: 'Milliseconds for which the verifier collects usage before it reports it',
    }),
  }),
});

builder.objectType(builder.objectRef<Numbered<LeaseGrant>>(TYPE_NAMES.lease), {
  description:
    'A lease: the verifier can use its cache. Answers the request for a lease with the same nonce, after all changes that are known to the server',
  interfaces: [VerifierEventRef],
  fields: (t) => ({
    nonce: t.exposeString('nonce', { description: 'The nonce of the request' }),
    leaseMs: t.exposeInt('leaseMs', {
      description:
        'Duration of the lease in milliseconds, from the moment before the verifier sent the request',
    }),
    serverTime: t.expose('serverTime', {
      type: 'SafeInt',
      description: 'Time of the server when it queued the event, in milliseconds since the Unix epoch',
    }),
  }),
});

builder.objectType(builder.objectRef<Numbered<Change>>(TYPE_NAMES.change), {
  description: 'Keys may have changed. The verifier removes them from its cache',
  interfaces: [VerifierEventRef],
  fields: (t) => ({
    organizationId: t.exposeID('organizationId', { description: 'Organization of the keys' }),
    first: t.expose('first', {
      type: 'SafeInt',
      description: 'Sequence of the first of the changes, as in `AuditEntry.sequence`',
    }),
    last: t.expose('last', { type: 'SafeInt', description: 'Sequence of the last of the changes' }),
    apiKeyIds: t.exposeIDList('apiKeyIds', {
      nullable: true,
      description: 'IDs of the keys. Null for any key of the organization',
    }),
  }),
});

builder.objectType(builder.objectRef<Numbered<Reset>>(TYPE_NAMES.reset), {
  description:
    'Everything may have changed. The verifier empties its cache, and doesn’t use it until the next lease',
  interfaces: [VerifierEventRef],
});

builder.objectType(builder.objectRef<Numbered<Recall>>(TYPE_NAMES.recall), {
  description: 'The verifier returns slices of rate limits immediately',
  interfaces: [VerifierEventRef],
  fields: (t) => ({
    slices: t.exposeIDList('slices', { description: 'IDs of the slices' }),
  }),
});

const VerifierEventsInput = builder.inputType('VerifierEventsInput', {
  description: 'Input of `verifierEvents`',
  fields: (t) => ({
    name: t.string({ description: 'Name of the verifier, shown to people. At most 100 characters' }),
    writer: t.string({
      description:
        '`writer` of the verifier’s previous stream, so that the numbers of its batches continue. Omit when it starts',
    }),
  }),
});

builder.subscriptionField('verifierEvents', (t) =>
  t.field({
    type: VerifierEventRef,
    description:
      'Events for a verifier that is embedded in another program: leases of its cache, and changes to the keys that it has looked up. Requires a WebSocket, on which the verifier requests leases and acknowledges events. For the protocol, see docs/verifier.md. Requires `api.key.verify`',
    authScopes: { permission: 'api.key.verify' },
    extensions: { source: verifierSource },
    args: {
      input: t.arg({ type: VerifierEventsInput, description: 'How the verifier introduces itself' }),
    },
    subscribe,
    resolve: (event) => event,
  }),
);
