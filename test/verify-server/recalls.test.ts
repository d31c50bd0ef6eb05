import { expect, onTestFinished, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { holdingVerifier, returnWhenRecalled } from '../support/verifier.ts';
import { gatewayTo, newKey, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

const LIMIT = 6;

onEachDatabase(
  'a verification process, before it denies a key whose limit embedded verifiers hold,',
  (engine) => {
    async function place(env: Readonly<Record<string, string>> = {}) {
      const server = await verifyingServer(engine, env);
      const { secret: token } = await newKey(server, server.token, { grants: ['api.key.verify'] });
      const limited = (limit = LIMIT) =>
        newKey(server, server.token, { rateLimit: { limit, windowSeconds: 3_600 } });
      const { verify } = gatewayTo(server.verifyUrl, 8);
      const statuses = async (secret: string, count: number): Promise<number[]> => {
        const answers = await Promise.all(Array.from({ length: count }, () => verify(secret)));
        return answers.map(({ status }) => status).sort();
      };
      /**
       * How many are accepted, once it is at least so many. On a busy machine a slice may return after the time that a
       * denial waits for it.
       */
      const acceptedOf = async (secret: string, least: number): Promise<number> => {
        let accepted = 0;
        await eventually(async () => {
          accepted += (await statuses(secret, LIMIT)).filter((status) => status === 200).length;
          return accepted >= least;
        });
        return accepted;
      };
      return { server, token, limited, verify, statuses, acceptedOf };
    }

    test('recalls it', async () => {
      const { server, token, limited, statuses, acceptedOf } = await place({ VERIFY_WORKERS: '2' });
      const key = await limited();
      const verifier = await holdingVerifier(server, token, key.secret);
      returnWhenRecalled(verifier, () => 2);
      expect(await verifier.want(key.secret, LIMIT)).toMatchObject({ granted: LIMIT });
      expect(await acceptedOf(key.secret, LIMIT - 2)).toBe(LIMIT - 2);
      expect(verifier.of('Recall')).toHaveLength(1);
      // Also a slice that is handed out later, to a verifier that is not the first one.
      const other = await limited();
      const second = await holdingVerifier(server, token, other.secret);
      returnWhenRecalled(second, () => LIMIT - 1);
      await second.want(other.secret, LIMIT);
      expect(await acceptedOf(other.secret, 1)).toBe(1);
      expect(await statuses(key.secret, 2)).toEqual([429, 429]);
    });

    test('recalls it once for a flood of requests, and not again in vain', async () => {
      const { server, token, limited, statuses } = await place({ VERIFY_WORKERS: '2' });
      const key = await limited();
      const silent = await holdingVerifier(server, token, key.secret);
      await silent.want(key.secret, LIMIT);
      expect(await statuses(key.secret, 300)).toEqual(Array(300).fill(429));
      expect(await statuses(key.secret, 300)).toEqual(Array(300).fill(429));
      expect(silent.of('Recall')).toHaveLength(1);
    });

    test('does not wait for a server that hangs longer than for a recall, and accepts without it', async () => {
      const { server, token, limited, verify, statuses } = await place();
      const [held, free] = [await limited(), await newKey(server, server.token)];
      const open = await limited(200);
      const verifier = await holdingVerifier(server, token, held.secret);
      await verifier.want(held.secret, LIMIT);
      server.server.process.kill('SIGSTOP');
      const thaw = () => void server.server.process.kill('SIGCONT');
      onTestFinished(thaw);
      const outcomes: string[] = [];
      const denied = verify(held.secret).then(({ status }) => outcomes.push(`held ${status}`));
      // Nothing of this waits behind it.
      expect(await statuses(free.secret, 50)).toEqual(Array(50).fill(200));
      expect(await statuses(open.secret, 50)).toEqual(Array(50).fill(200));
      await denied;
      expect(outcomes).toEqual(['held 429']);
      expect(await statuses(held.secret, 200)).toEqual(Array(200).fill(429));
      thaw();
      // Once the server answers again, it is asked again.
      returnWhenRecalled(verifier, () => 0);
      const key = await limited();
      await eventually(async () => (await verifier.want(key.secret, LIMIT)).granted === LIMIT);
      await eventually(async () => (await verify(key.secret)).status === 200);
    });
  },
);
