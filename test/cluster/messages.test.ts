import { describe, expect, test } from 'vitest';
import { signAck } from '../../src/cluster/ack-signing.ts';
import {
  type Broadcast,
  decodeBroadcast,
  decodeDirect,
  encode,
  portions,
} from '../../src/cluster/messages.ts';
import { type Stale, staleBy } from '../../src/cluster/stale.ts';
import { newId } from '../../src/core/ids.ts';
import { changeOf } from './changes.ts';

const LONGEST = 7_999;

function change(stale: readonly Stale[] | null): Broadcast {
  return { type: 'change', from: 'a'.repeat(16), id: newId('evt'), stale };
}

function ofOrganization(keys: number): Stale {
  const keyIds = Array.from({ length: keys }, () => newId('key'));
  return { organizationId: newId('org'), first: 1, last: Math.max(1, keys), keyIds };
}

describe('a message', () => {
  test('names the keys where they fit', () => {
    const message = change([ofOrganization(100)]);
    expect(encode(message).length).toBeLessThanOrEqual(LONGEST);
    expect(decodeBroadcast(encode(message))).toEqual(message);
  });

  test('names the organizations where the keys are too many', () => {
    const [stale] = [ofOrganization(500)];
    const text = encode(change([stale, ofOrganization(0)]));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    expect(decodeBroadcast(text)).toMatchObject({
      stale: [{ organizationId: stale.organizationId, last: 500, keyIds: null }, { keyIds: [] }],
    });
  });

  test('says no more than that there is something where even those are too many', () => {
    const text = encode(change(Array.from({ length: 500 }, () => ofOrganization(1))));
    expect(text.length).toBeLessThanOrEqual(LONGEST);
    expect(decodeBroadcast(text)).toMatchObject({ type: 'change', stale: null });
  });

  test('that nobody understands is none', () => {
    for (const text of ['', '{', '1', 'null', '[]', '{}', '['.repeat(7_000)]) {
      expect(decodeBroadcast(text)).toBeNull();
      expect(decodeDirect(text)).toBeNull();
    }
  });

  test('that is not whole, or larger than it can be, is none', () => {
    const stale = ofOrganization(2);
    const whole = { type: 'change', from: 'a'.repeat(16), id: newId('evt'), stale: [stale] };
    expect(decodeBroadcast(JSON.stringify(whole))).toEqual(whole);
    const stales = [
      undefined,
      5,
      {},
      [null],
      [{}],
      [{ ...stale, first: '1' }],
      [{ ...stale, last: 2 ** 53 }],
    ];
    stales.push([{ ...stale, first: 3 }], [{ ...stale, first: 0 }], [{ ...stale, keyIds: 5 }]);
    stales.push([{ ...stale, keyIds: [5] }], [{ ...stale, organizationId: 'org' }], [stale, null]);
    for (const one of stales) expect(decodeBroadcast(JSON.stringify({ ...whole, stale: one }))).toBeNull();
    for (const over of [{ from: 5 }, { from: '' }, { from: 'x'.repeat(41) }, { from: 'a b' }, { id: 'evt' }])
      expect(decodeBroadcast(JSON.stringify({ ...whole, ...over }))).toBeNull();
    const usage = { type: 'usage', from: 'a', number: 'x' };
    expect(decodeBroadcast(JSON.stringify(usage))).toEqual({ ...usage, number: 0 });
    expect(decodeBroadcast('{"type":"usage","from":"a","number":1e400}')).toEqual({ ...usage, number: 0 });
  });

  test('confirms what is whole in it', () => {
    const id = newId('evt');
    const good = [id, signAck('secret', id)];
    const changes = [5, null, [], [id], [id, 'x'], [5, good[1]], good, [id, `${good[1]}x`]];
    const text = JSON.stringify({ type: 'confirmed', from: 'a', changes });
    expect(decodeDirect(text)).toEqual({ type: 'confirmed', from: 'a', changes: [good] });
    expect(decodeDirect(JSON.stringify({ type: 'confirmed', from: 'a', changes: 5 }))).toBeNull();
    expect(decodeDirect(JSON.stringify({ type: 'beat', word: {} }))).toBeNull();
  });

  test('confirms no more at once than fits', () => {
    const changes = Array.from({ length: 250 }, () => {
      const id = newId('evt');
      return [id, signAck('secret', id)] as const;
    });
    const all = portions(changes);
    expect(all.flat()).toEqual(changes);
    for (const one of all)
      expect(encode({ type: 'confirmed', from: 'a'.repeat(16), changes: one }).length).toBeLessThan(LONGEST);
  });
});

describe('what changes make untrue', () => {
  test('is the key for a change of a key, and all of the organization for a change of a role', () => {
    const [one, two] = [newId('org'), newId('org')];
    const [a, b] = [newId('key'), newId('key')];
    expect(
      staleBy([
        changeOf(one, 4, 'api_key.revoked', a),
        changeOf(one, 5, 'api_key.updated', b),
        changeOf(two, 1, 'role.updated', newId('role')),
        changeOf(two, 2, 'api_key.revoked', a),
      ]),
    ).toEqual([
      { organizationId: one, first: 4, last: 5, keyIds: [a, b] },
      { organizationId: two, first: 1, last: 2, keyIds: null },
    ]);
  });

  test('is nothing for a change that no verification depends on', () => {
    const organizationId = newId('org');
    expect(staleBy([changeOf(organizationId, 9, 'member.joined', newId('mem'))])).toEqual([
      { organizationId, first: 9, last: 9, keyIds: [] },
    ]);
  });
});
