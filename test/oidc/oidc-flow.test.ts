import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { challengeOf, FLOW_MS, FlowSeal, newFlow } from '../../src/oidc/oidc-flow.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('a flow', () => {
  const seal = new FlowSeal('secret', 'salt');

  test('holds what nobody can guess, and the hash of its verifier as the challenge', () => {
    const [one, other] = [newFlow(null, NOW), newFlow('hash', NOW)];
    expect(new Set([one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier]).size).toBe(
      6,
    );
    expect(one).toMatchObject({ previous: null, expiresAt: NOW + FLOW_MS });
    expect(challengeOf(one)).toBe(hash('sha256', one.verifier, 'base64url'));
  });

  test('comes out of the seal as it went in, on every server with the same secret', async () => {
    const flow = newFlow('hash', NOW);
    const sealed = await seal.seal(flow);
    expect(sealed).toMatch(/^[\w-]{100,1000}$/);
    expect(await seal.open(sealed, NOW)).toEqual(flow);
    expect(await new FlowSeal('secret', 'salt').open(sealed, NOW)).toEqual(flow);
    expect(await seal.seal(flow)).not.toBe(sealed);
  });

  test('comes out for ten minutes', async () => {
    const sealed = await seal.seal(newFlow(null, NOW));
    expect(await seal.open(sealed, NOW + FLOW_MS - 1)).not.toBeNull();
    expect(await seal.open(sealed, NOW + FLOW_MS)).toBeNull();
  });

  test.each([
    ['another secret', 'other', 'salt'],
    ['another provider or client', 'secret', 'other'],
  ])('does not come out with %s', async (_title, secret, salt) => {
    expect(await new FlowSeal(secret, salt).open(await seal.seal(newFlow(null, NOW)), NOW)).toBeNull();
  });

  test('does not come out changed, wherever', async () => {
    const bytes = Buffer.from(await seal.seal(newFlow(null, NOW)), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(await seal.open(changed.toString('base64url'), NOW)).toBeNull();
    }
  });

  test.each(['', 'a', 'A'.repeat(37), 'A'.repeat(38), 'A'.repeat(100_000), '\ud800'])(
    'is not found in any other text',
    async (text) => {
      expect(await seal.open(text, NOW)).toBeNull();
    },
  );
});
