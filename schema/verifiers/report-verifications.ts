import {
  ENTRIES_MAX,
  type Report,
  reportVerifications,
  SLICES_MAX,
} from '../../src/verifiers/report-verifications.ts';
import type { GrantedSlice } from '../../src/verifiers/slices/want-slices.ts';
import { VerificationCode } from '../api-keys/verification.ts';
import { builder } from '../builder.ts';

const HASH = 'SHA-256 hash of the secret';

const VerifierSlice = builder.objectRef<GrantedSlice>('VerifierSlice').implement({
  description: 'A part of a key’s rate-limit window that a verifier can accept by itself',
  fields: (t) => ({
    hash: t.exposeString('hash', { complexity: 0, description: HASH }),
    slice: t.exposeID('slice', {
      complexity: 0,
      nullable: true,
      description: 'ID of the slice. Null if nothing is left in the window',
    }),
    granted: t.exposeInt('granted', {
      complexity: 0,
      description: 'Number of verifications that can be accepted. 0 if the limit is reached',
    }),
    remaining: t.exposeInt('remaining', {
      complexity: 0,
      description: 'What is left in the window besides',
    }),
    limit: t.exposeInt('limit', {
      complexity: 0,
      description:
        'Accepted verifications per window. Another limit than that of the cached key: look it up again',
    }),
    windowSeconds: t.exposeInt('windowSeconds', {
      complexity: 0,
      description: 'Length of the window in seconds',
    }),
    remainingMs: t.field({
      complexity: 0,
      type: 'SafeInt',
      description: 'Milliseconds until the window ends, when the server answered',
      resolve: ({ remainingMs }) => Math.floor(remainingMs),
    }),
  }),
});

const ReportVerificationsPayload = builder.objectRef<Report>('ReportVerificationsPayload').implement({
  description: 'Result of `reportVerifications`',
  fields: (t) => ({
    batch: t.expose('batch', {
      complexity: 0,
      type: 'SafeInt',
      description: 'Number of the last batch that is recorded. 0 if no batch is recorded',
    }),
    slices: t.field({
      complexity: 0,
      type: [VerifierSlice],
      description: 'Slices of the wanted keys. Keys that are unknown or have no rate limit are omitted',
      resolve: ({ slices }) => slices,
    }),
    reportMs: t.exposeInt('reportMs', {
      complexity: 0,
      description: 'Milliseconds for which the verifier collects usage before its next report',
    }),
  }),
});

const VerifierUseInput = builder.inputType('VerifierUseInput', {
  description: 'Verifications that a verifier accepted',
  fields: (t) => ({
    hash: t.string({ required: true, description: HASH }),
    count: t.int({ required: true, description: 'Number of verifications. At most 1,000,000 are counted' }),
    lastUsedAt: t.field({
      type: 'SafeInt',
      required: true,
      description: 'Time of the last one, in milliseconds since the Unix epoch',
    }),
    lastUsedIp: t.string({ description: 'IP address of the client of the last one' }),
  }),
});

const VerifierDenialInput = builder.inputType('VerifierDenialInput', {
  description: 'Verifications that a verifier denied',
  fields: (t) => ({
    hash: t.string({ description: `${HASH}. Omit for unknown keys` }),
    code: t.field({ type: VerificationCode, required: true, description: 'Reason for the denials' }),
    count: t.int({ required: true, description: 'Number of denials. At most 1,000,000 are counted' }),
    at: t.field({
      type: 'SafeInt',
      required: true,
      description: 'Time of the last one, in milliseconds since the Unix epoch',
    }),
    ip: t.string({ description: 'IP address of the client of the last one' }),
  }),
});

const VerifierWantedInput = builder.inputType('VerifierWantedInput', {
  description: 'A slice of a rate limit that a verifier requests',
  fields: (t) => ({
    hash: t.string({ required: true, description: HASH }),
    count: t.int({ required: true, description: 'Number of verifications that the slice should cover' }),
  }),
});

const VerifierReturnInput = builder.inputType('VerifierReturnInput', {
  description: 'A slice of a rate limit that a verifier returns',
  fields: (t) => ({
    slice: t.id({ required: true, description: 'ID of the slice. It can be returned once' }),
    used: t.int({ required: true, description: 'Number of verifications that were accepted' }),
  }),
});

const ReportVerificationsInput = builder.inputType('ReportVerificationsInput', {
  description: 'Input of `reportVerifications`',
  fields: (t) => ({
    stream: t.id({ required: true, description: '`stream` of the VerifierWelcome' }),
    batch: t.field({
      type: 'SafeInt',
      description:
        'Number of the batch of usage: the last one + 1. A batch that was recorded before is ignored, so it can be sent again. Omit without usage',
    }),
    uses: t.field({
      type: [VerifierUseInput],
      description: `Accepted verifications. Together with \`denials\`, at most ${ENTRIES_MAX} entries`,
    }),
    denials: t.field({ type: [VerifierDenialInput], description: 'Denied verifications' }),
    wanted: t.field({
      type: [VerifierWantedInput],
      description: `Slices of rate limits to request, at most ${SLICES_MAX}`,
    }),
    returned: t.field({
      type: [VerifierReturnInput],
      description: `Slices of rate limits to return, at most ${SLICES_MAX}`,
    }),
  }),
});

builder.mutationField('reportVerifications', (t) =>
  t.field({
    type: ReportVerificationsPayload,
    nullable: true,
    description:
      'Records the usage of a verifier, and returns and requests slices of rate limits. Runs on the socket of the stream. Requires `api.key.verify`',
    authScopes: { permission: 'api.key.verify' },
    complexity: ({ input: { uses, denials, wanted, returned } }) => ({
      field: [uses, denials, wanted, returned].reduce((sum, list) => sum + (list?.length ?? 0), 1),
    }),
    args: {
      input: t.arg({
        type: ReportVerificationsInput,
        required: true,
        description: 'What the verifier reports and requests',
      }),
    },
    resolve: (_root, { input }, ctx) => reportVerifications(ctx, input),
  }),
);
