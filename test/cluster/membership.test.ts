import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Lease } from '../../src/cluster/lease.ts';
import { ListeningConnection } from '../../src/cluster/listening-connection.ts';
import { decodeDirect } from '../../src/cluster/messages.ts';
import { NodeMembership } from '../../src/cluster/node-membership.ts';
import { directChannel } from '../../src/cluster/notification-channels.ts';
import { createTestDatabaseUrl } from '../support/databases.ts';
import { eventually } from '../support/wait.ts';

const LEASE_MS = 600;

/** A member on a connection of its own, that hears only what the test passes on. */
async function openMember({ isKnown = true }: { isKnown?: boolean } = {}) {
  const { url, drop } = await createTestDatabaseUrl('postgres');
  onTestFinished(drop);
  const id = randomBytes(8).toString('hex');
  const lease = new Lease(LEASE_MS);
  /** The words of its beats, as they came back. */
  const words: string[] = [];
  const connection = new ListeningConnection(url, [directChannel(id)], {
    established: () => member.established(),
    lost: () => {},
    heard: (_channel, text) => {
      const message = decodeDirect(text);
      if (message?.type === 'beat') words.push(message.word);
    },
  });
  const member = new NodeMembership({ id, name: 'member' }, connection, lease, {
    isKnown: async () => isKnown,
    shared: () => {},
    proven: () => {},
    enrolled: () => {},
    seen: () => {},
  });
  connection.start();
  onTestFinished(async () => {
    member.stop();
    await connection.stop();
  });
  await eventually(() => words.length > 0);
  return { member, lease, words };
}

test('a beat is a proof with its own word, and with no other', async () => {
  const { member, lease, words } = await openMember();
  const [word = ''] = words;
  for (const other of ['', 'beat', word.slice(1), `${word}=`]) member.heard(other);
  // By its next beat it has done with what it heard.
  await eventually(() => words.length > 1);
  expect(lease.isHeld()).toBe(false);
  member.heard(words.at(-1) ?? '');
  await eventually(() => lease.isHeld());
});

test('a beat that was heard before is no proof of what has been said since', async () => {
  const { member, lease, words } = await openMember();
  const [word = ''] = words;
  member.heard(word);
  await eventually(() => lease.isHeld());
  await eventually(() => {
    member.heard(word);
    return !lease.isHeld();
  });
  expect(words.length).toBeGreaterThan(1);
  const beats = words.length;
  await eventually(() => {
    member.heard(word);
    return words.length > beats;
  });
  expect(lease.isHeld()).toBe(false);
});

test('no two beats have the same word, and none tells the next', async () => {
  const { member, words } = await openMember();
  await eventually(() => {
    member.heard(words.at(-1) ?? '');
    return words.length >= 4;
  });
  expect(new Set(words).size).toBe(words.length);
  for (const word of words) expect(word).toMatch(/^[\w-]{22}$/);
});

test('beats prove nothing on a connection to another database than changes are made in', async () => {
  const { member, lease, words } = await openMember({ isKnown: false });
  await eventually(() => {
    member.heard(words.at(-1) ?? '');
    return words.length >= 4;
  });
  expect(lease.isHeld()).toBe(false);
});

test('how long a beat is under way shows before it is back', async () => {
  const { member, words } = await openMember();
  expect(member.roundTripMs).toBeNull();
  member.heard(words[0] ?? '');
  const first = member.roundTripMs;
  expect(first).toBeGreaterThan(0);
  await eventually(() => (member.roundTripMs ?? 0) > (first ?? 0) + 50);
});
