import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { usageStore } from '../../src/usage/store.ts';
import { VerifierStream } from '../../src/verifiers/stream/verifier-stream.ts';
import { UsageBatches } from '../../src/verifiers/usage-batches.ts';
import { onEachDatabase } from '../support/databases.ts';
import { seededRandom, seeds } from '../support/properties.ts';
import { recordStatements, servicesOn } from '../support/services.ts';
import { countedUses, failing, makeUsedKeys, once, type UsedKey } from '../support/usage.ts';

const AT = Date.UTC(2030, 0, 10, 12);

onEachDatabase('batches of verifiers', (engine) => {
  const services = servicesOn(engine);

  const streamsOf = (count: number): VerifierStream[] => {
    const owner = { credential: newId('key'), organizationId: newId('org') };
    const names = () => ({ name: null, writer: randomBytes(16).toString('base64url') });
    return Array.from(
      { length: count },
      () => new VerifierStream(owner, names(), { receive() {}, failed() {} }, AT),
    );
  };

  const batchesOn = (db = services().unhurried) =>
    new UsageBatches({ db, bus: { emit() {} }, appended() {} });

  const usesOf = (key: UsedKey, count = 1) => ({ uses: [{ ...key, count, at: AT, ip: null }], denials: [] });

  test('are known to be recorded, although the answer of the database was lost', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const [stream] = streamsOf(1) as [VerifierStream];
    const { db, failNext } = failing(services().unhurried);
    const batches = batchesOn(db);
    expect(await batches.record(stream, 1, usesOf(key))).toBe(1);
    failNext({ at: 0, when: 'after' });
    await expect(batches.record(stream, 2, usesOf(key))).rejects.toThrow('The answer was lost');
    expect(await batches.last(stream)).toBe(2);
  });

  test('without entries are not written in one large statement', async () => {
    const statements: string[] = [];
    const batches = batchesOn(services().unhurried.withPlugin(recordStatements(statements)));
    const streams = streamsOf(3_000);
    const sent = streams.map((stream) => batches.record(stream, 1, { uses: [], denials: [] }));
    expect(new Set(await Promise.all(sent))).toEqual(new Set([1]));
    const marks = statements.filter((text) => text.includes('insert into usage_writers'));
    const valuesOf = (text: string) => text.split(/\?|\$\d+/).length - 1;
    expect(marks.length).toBeGreaterThan(0);
    expect(Math.max(...marks.map(valuesOf))).toBeLessThanOrEqual(2_000);
  });

  test('that the database refuses fail alone', async () => {
    const [key] = (await makeUsedKeys(services(), 1)) as [UsedKey];
    const batches = batchesOn();
    const denial = { ...key, code: 'DISABLED', at: AT, ip: null } as const;
    const refused = { uses: [], denials: [{ ...denial, count: Number.NaN }] };
    const sent = streamsOf(12).map((stream, index) =>
      batches.record(stream, 1, index === 7 ? refused : usesOf(key)),
    );
    const outcomes = (await Promise.allSettled(sent)).map(({ status }) => status);
    expect(outcomes).toEqual(outcomes.map((_, index) => (index === 7 ? 'rejected' : 'fulfilled')));
    await usageStore(services().unhurried, newId('evt')).checkpoint(1);
    expect(await countedUses(services(), key)).toEqual(once(11, AT));
  });

  test.each(seeds(4))(
    'count once on two servers, whatever fails, is repeated or arrives late (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const [key, shared] = (await makeUsedKeys(services(), 2)) as [UsedKey, UsedKey];
      const [one, other] = [failing(services().unhurried), failing(services().unhurried)];
      const servers = [one, other].map(({ db }) => batchesOn(db)) as [UsageBatches, UsageBatches];
      const report = { uses: [key, shared].flatMap((each) => usesOf(each).uses), denials: [] };
      const verify = async (owned: VerifierStream): Promise<void> => {
        const twin = new VerifierStream(owned.owner, owned, { receive() {}, failed() {} }, AT);
        for (let number = 1; number <= 6; ) {
          if (random() < 0.3) one.failNext({ at: 0, when: random() < 0.5 ? 'before' : 'after' });
          if (random() < 0.3) other.failNext({ at: 0, when: random() < 0.5 ? 'before' : 'after' });
          const late = Math.max(1, number - Math.floor(random() * 3));
          const sent = [
            servers[0].record(owned, number, report),
            ...(random() < 0.5 ? [servers[1].record(twin, number, report)] : []),
            ...(random() < 0.5 ? [servers[1].record(twin, late, report)] : []),
          ];
          const answers = (await Promise.allSettled(sent)).flatMap((one) =>
            one.status === 'fulfilled' ? one.value : [],
          );
          const last = Math.max(0, ...answers);
          expect(last).toBeLessThanOrEqual(number);
          if (last === number) number += 1;
        }
      };
      await Promise.all(streamsOf(8).map(verify));
      await usageStore(services().unhurried, newId('evt')).checkpoint(1);
      for (const each of [key, shared]) expect(await countedUses(services(), each)).toEqual(once(48, AT));
    },
  );
});
