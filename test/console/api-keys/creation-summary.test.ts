import { describe, expect, test } from 'vitest';
import {
  type CreationFacts,
  creationSummary,
} from '../../../console/src/features/api-keys/form/create/creation-summary.ts';
import { problemsOf } from '../../../console/src/features/api-keys/form/fields.ts';
import { EMPTY_DRAFT, type KeyDraft } from '../../../console/src/features/api-keys/form/key-draft.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');

function summary(draft: Partial<KeyDraft>, facts: Partial<CreationFacts> = {}): string {
  return creationSummary({
    draft: { ...EMPTY_DRAFT, ...draft },
    environment: 'LIVE',
    role: null,
    teamNames: new Map([['team_1', 'Billing']]),
    now: NOW,
    ...facts,
  }).join(' ');
}

describe('the summary of a new key', () => {
  const member = { name: 'member', permissions: ['api.key.view', 'invoices.*'] };
  test.each<[string, Partial<KeyDraft>, Partial<CreationFacts>, string]>([
    [
      'an untouched form',
      {},
      {},
      'Creates a live key, which needs a name, without permissions. It doesn’t expire.',
    ],
    [
      'permissions that the role covers',
      { name: ' CI ', grants: ['invoices.read', 'api.key.create'] },
      { environment: 'TEST', role: member },
      'Creates a test key “CI” with the 2 permissions of the role Member and 1 more. It doesn’t expire.',
    ],
    [
      'all permissions',
      { name: 'CI', grants: ['*'] },
      {},
      'Creates a live key “CI” with all permissions, including those of Keywright itself. It doesn’t expire.',
    ],
    [
      'all permissions by a role',
      { name: 'CI' },
      { role: { name: 'owner', permissions: ['*'] } },
      'Creates a live key “CI” with all permissions, including those of Keywright itself. It doesn’t expire.',
    ],
    [
      'limits',
      {
        name: 'CI',
        grants: ['a.b'],
        teamIds: ['team_1', 'team_2'],
        ipAllowlist: '10.0.0.0/8',
        rateLimit: { limit: '1', windowSeconds: 60 },
      },
      {},
      'Creates a live key “CI” with 1 permission. It doesn’t expire. It is accepted for Billing and team_2 only, from 1 address or network only, at most 1 time in 1 minute.',
    ],
    [
      'what is not complete yet',
      {
        name: 'CI',
        expiresAt: { kind: 'time', local: '' },
        rateLimit: { limit: '1e', windowSeconds: 60 },
        metadata: '{',
      },
      {},
      'Creates a live key “CI” without permissions.',
    ],
  ])('of %s', (_title, draft, facts, words) => {
    expect(summary(draft, facts)).toBe(words);
  });

  test('counts the days of an expiry from now', () => {
    const words = summary({ name: 'CI', expiresAt: { kind: 'days', days: 30 } });
    expect(words).toMatch(/It expires on Dec 30, 2026, /);
  });
});

test.each(['', '1', '1000000000', ' 5 '])('the form sends the rate limit %j', (limit) => {
  expect(problemsOf({ ...EMPTY_DRAFT, rateLimit: { limit, windowSeconds: 60 } })).toEqual({});
});

// Each would become another number, or no limit at all.
test.each(['0', '-1', '1e3', '0x10', '1.5', '1,000', '1000000001', '99999999999', 'often', '１'])(
  'the form does not send the rate limit %j',
  (limit) => {
    const { rateLimit } = problemsOf({ ...EMPTY_DRAFT, rateLimit: { limit, windowSeconds: 60 } });
    expect(rateLimit).toContain('whole number');
  },
);
