import { type Denial, listDenials } from '../../src/denials/list-denials.ts';
import { VerificationCode } from '../api-keys/verification.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import { nullIfMissing } from '../loaded.ts';
import { ApiKeyRef, OrganizationRef } from '../refs.ts';
import { denialScan } from '../scan.ts';
import { shareRead } from '../shared-reads.ts';

const DenialRef = builder.objectRef<Denial>('Denial').implement({
  description: 'Denied verifications of one minute with the same key, code and IP address',
  fields: (t) => ({
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When the first of them occurred' }),
    code: t.field({
      type: VerificationCode,
      description: 'Reason for the denial',
      resolve: ({ code }) => code as typeof VerificationCode.$inferType,
    }),
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description:
        'The key. Null if it is unknown, or if the organization has too many denials in this minute or day to list them separately',
      resolve: async ({ keyId }, _args, ctx) =>
        keyId === null ? null : ApiKeyRef.getDataloader(ctx).load(keyId).catch(nullIfMissing),
    }),
    ip: t.exposeString('ip', {
      nullable: true,
      description: 'IP address of the client. Null if it was not provided, or if there are too many denials',
    }),
    count: t.exposeInt('count', { description: 'Number of these denials' }),
  }),
});

const DenialConnection = builder.connectionObject(
  { type: DenialRef, name: 'DenialConnection', description: 'A page of denied verifications' },
  { name: 'DenialEdge', description: 'Denied verifications in a list' },
);

const DenialFilter = builder.inputType('DenialFilter', {
  description: 'Filter for denied verifications. An entry must match every field that is provided',
  fields: (t) => ({
    apiKeyId: t.id({ description: 'Denials of the API key with this ID' }),
    codes: t.field({ type: [VerificationCode], description: 'Denials with any of these codes' }),
    ip: t.string({ description: 'Denials from this IP address' }),
    from: t.field({ type: 'DateTime', description: 'Denials at or after this time' }),
    to: t.field({ type: 'DateTime', description: 'Denials before this time' }),
  }),
});

builder.objectField(OrganizationRef, 'denials', (t) =>
  t.connection(
    {
      type: DenialRef,
      nullable: true,
      description:
        'Denied verifications of the last 30 days, newest first, grouped by minute. Denials of unknown keys are included if the request names the organization, and only for callers who can access all keys. Requires `api.key.view`',
      authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
      complexity: connectionCost,
      extensions: { scan: denialScan },
      args: { filter: t.arg({ type: DenialFilter, description: 'Denials to return. Omit for all' }) },
      resolve: async ({ id }, { filter, ...page }, ctx) => {
        const read = () => listDenials(ctx, id, filter ?? {}, page);
        return toConnection(await shareRead(ctx, 'denials', [id, filter, page], read));
      },
    },
    DenialConnection,
  ),
);
