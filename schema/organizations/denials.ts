import { type Denial, listDenials } from '../../src/denials/list-denials.ts';
import {
  type DenialCount,
  type DenialSummary,
  INTERVALS_MAX,
  summarizeDenials,
  TOP_MAX,
} from '../../src/denials/summarize-denials.ts';
import { UsageGranularity } from '../api-keys/usage.ts';
import { VerificationCode } from '../api-keys/verification.ts';
import { builder } from '../builder.ts';
import { connectionCost, toConnection } from '../connection.ts';
import { nullIfMissing } from '../loaded.ts';
import { ApiKeyRef, OrganizationRef } from '../refs.ts';
import { DENIAL_SUMMARY_SCAN, denialScan } from '../scan.ts';
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

const DenialIntervalRef = builder.objectRef<DenialSummary['intervals'][number]>('DenialInterval').implement({
  description: 'Number of denied verifications in a time interval',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime', description: 'Start of the interval' }),
    count: t.expose('count', { type: 'SafeInt', description: 'Denied verifications' }),
  }),
});

const DenialCodeCountRef = builder.objectRef<DenialCount<string>>('DenialCodeCount').implement({
  description: 'Denied verifications with the same code',
  fields: (t) => ({
    code: t.field({
      type: VerificationCode,
      description: 'Reason for the denials',
      resolve: ({ value }) => value as typeof VerificationCode.$inferType,
    }),
    count: t.expose('count', { type: 'SafeInt', description: 'Number of denials' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When the first of them occurred' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When the last group of them began' }),
  }),
});

const DenialApiKeyCountRef = builder.objectRef<DenialCount<string | null>>('DenialApiKeyCount').implement({
  description: 'Denied verifications of the same API key',
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      nullable: true,
      description: 'The key. Null for all unknown keys together',
      resolve: async ({ value }, _args, ctx) =>
        value === null ? null : ApiKeyRef.getDataloader(ctx).load(value).catch(nullIfMissing),
    }),
    count: t.expose('count', { type: 'SafeInt', description: 'Number of denials' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When the first of them occurred' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When the last group of them began' }),
  }),
});

const DenialIpCountRef = builder.objectRef<DenialCount<string>>('DenialIpCount').implement({
  description: 'Denied verifications from the same IP address',
  fields: (t) => ({
    ip: t.exposeString('value', { description: 'IP address of the client' }),
    count: t.expose('count', { type: 'SafeInt', description: 'Number of denials' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When the first of them occurred' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When the last group of them began' }),
  }),
});

const DenialSummaryRef = builder.objectRef<DenialSummary>('DenialSummary').implement({
  description: 'All denied verifications that match a filter',
  fields: (t) => ({
    count: t.expose('count', { type: 'SafeInt', description: 'Number of denials' }),
    undetailed: t.expose('undetailed', {
      type: 'SafeInt',
      description:
        'Of these, the number of denials counted by code only, without key and IP address, because there were too many in a minute or day',
    }),
    firstAt: t.expose('firstAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first of them occurred. Null if there are none',
    }),
    lastAt: t.expose('lastAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the last group of them began, at most a minute before the last denial. Null if there are none',
    }),
    intervals: t.field({
      type: [DenialIntervalRef],
      description: 'Denials over time, earliest first. Intervals without denials are omitted',
      complexity: { field: 20, multiplier: INTERVALS_MAX },
      resolve: ({ intervals }) => intervals,
    }),
    codes: t.field({
      type: [DenialCodeCountRef],
      description: 'Denials by code, most first',
      complexity: { field: 1, multiplier: 10 },
      resolve: ({ codes }) => codes,
    }),
    apiKeys: t.field({
      type: [DenialApiKeyCountRef],
      description: `The ${TOP_MAX} API keys with the most denials, most first. Unknown keys are one of them`,
      complexity: { field: 1, multiplier: TOP_MAX },
      resolve: ({ keys }) => keys,
    }),
    ips: t.field({
      type: [DenialIpCountRef],
      description: `The ${TOP_MAX} IP addresses with the most denials, most first`,
      complexity: { field: 1, multiplier: TOP_MAX },
      resolve: ({ ips }) => ips,
    }),
    apiKeyCount: t.exposeInt('keyCount', { description: 'Number of known API keys among them' }),
    ipCount: t.exposeInt('ipCount', { description: 'Number of IP addresses among them' }),
    acceptedApiKeys: t.field({
      type: [ApiKeyRef],
      description: `Up to ${TOP_MAX} API keys whose last accepted use in the time range came from \`filter.ip\`, latest first. Earlier uses from there are not recorded. Empty without \`filter.ip\``,
      complexity: { field: 1, multiplier: TOP_MAX },
      resolve: async ({ acceptedKeyIds }, _args, ctx) => {
        const keys = ApiKeyRef.getDataloader(ctx);
        const found = await Promise.all(acceptedKeyIds.map((id) => keys.load(id).catch(nullIfMissing)));
        return found.filter((key) => key !== null);
      },
    }),
  }),
});

builder.objectField(OrganizationRef, 'denialSummary', (t) =>
  t.field({
    type: DenialSummaryRef,
    nullable: true,
    description:
      'Sums of the denied verifications of the last 30 days, as in `denials`. The time range spans at most 200 intervals, and starts with a whole one. Requires `api.key.view`',
    authScopes: ({ id }) => ({ permissionIn: [id, 'api.key.view'] }),
    complexity: 20,
    extensions: { scan: DENIAL_SUMMARY_SCAN },
    args: {
      filter: t.arg({
        type: DenialFilter,
        description:
          'Denials to add up. Omit for all. Without `from`: an hour (`MINUTE`), a day (`HOUR`) or 30 days (`DAY`) before `to`',
      }),
      granularity: t.arg({
        type: UsageGranularity,
        defaultValue: 'hour',
        description: 'Length of an interval',
      }),
    },
    resolve: ({ id }, { filter, granularity }, ctx) => {
      const read = () => summarizeDenials(ctx, id, filter ?? {}, granularity ?? 'hour');
      return shareRead(ctx, 'denialSummary', [id, filter, granularity], read);
    },
  }),
);
