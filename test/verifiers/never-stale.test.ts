import { expect, test } from 'vitest';
import { updateApiKey } from '../../src/keys/update-api-key.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anyone } from '../support/live.ts';
import { PROPERTY_TIMEOUT_MS, seededRandom, seeds } from '../support/properties.ts';
import { makeApiKey, makeMember, serverOn } from '../support/server.ts';
import { holdingVerifier, type TestVerifier } from '../support/verifier.ts';

const ROUNDS = 12;

onEachDatabase('once a change is answered', (engine) => {
  const server = serverOn(engine, { config: { cluster: { listenUrl: null, leaseMs: 900, redisUrl: null } } });

  test.each(seeds(3))(
    'no verifier that holds a lease has the state before it, whatever it does (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const { organizationId } = await makeMember(server());
      const keys = [await makeApiKey(server(), organizationId), await makeApiKey(server(), organizationId)];
      const verifiers: TestVerifier[] = [];
      while (verifiers.length < 3) {
        const { secret } = await makeApiKey(server(), organizationId, { grants: ['api.key.verify'] });
        verifiers.push(await holdingVerifier(server(), secret, ...keys.map((key) => key.secret)));
      }
      const lookups: Promise<unknown>[] = [];

      /** Stops or resumes reading, asks for a lease, or looks a key up. */
      const act = (verifier: TestVerifier): void => {
        const { socket } = verifier.socket;
        const chance = random();
        if (chance < 0.2) socket.pause();
        else if (chance < 0.5) socket.resume();
        // One that sends without reading would be rejected.
        else if (socket.isPaused) return;
        else if (chance < 0.8) verifier.request();
        else lookups.push(verifier.lookUp(keys[0]?.secret ?? '').catch(() => {}));
      };

      for (let round = 0; round < ROUNDS; round += 1) {
        for (const verifier of verifiers) act(verifier);
        const key = keys[Math.floor(random() * keys.length)] as (typeof keys)[number];
        const changing = updateApiKey(anyone(server()), { id: key.id, name: `Round ${round}` });
        for (const verifier of verifiers) act(verifier);
        await changing;
        // What it caches and whether it holds a lease is as it believes by its own clock, at this moment.
        const stale = verifiers.map(
          (verifier) => verifier.holdsLease && (verifier.cached.get(key.id)?.sequence ?? Infinity),
        );
        const { sequence } = await server()
          .services.db.selectFrom('audit_log')
          .select((eb) => eb.fn.max<number>('sequence').as('sequence'))
          .where('target_id', '=', key.id)
          .executeTakeFirstOrThrow();
        for (const known of stale) expect(known === false || known >= Number(sequence)).toBe(true);
      }
      for (const { socket } of verifiers) socket.socket.resume();
      await Promise.all(lookups);
      // Whoever responds again gets leases again.
      for (const verifier of verifiers) {
        verifier.acknowledge();
        await verifier.lease();
      }
    },
    PROPERTY_TIMEOUT_MS,
  );
});
