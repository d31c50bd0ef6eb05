import { expect, test } from 'vitest';
import { onEachDatabase } from '../support/databases.ts';
import { gatewayTo, isRunning, newKey, verifyingServer } from '../support/verify-server.ts';
import { eventually } from '../support/wait.ts';

onEachDatabase('metrics of verification processes', (engine) => {
  test('are part of those of the server', async () => {
    const server = await verifyingServer(engine, { METRICS: 'on', VERIFY_WORKERS: '2' });
    const { secret } = await newKey(server, server.token);
    const metrics = async () => {
      const lines = (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
      return (name: string) => {
        const line = lines.find((one) => one.startsWith(`keywright_${name} `));
        return line === undefined ? null : Number(line.split(' ').at(-1));
      };
    };
    const send = async (count: number, key = secret) => {
      const { verify } = gatewayTo(server.verifyUrl, 8);
      await Promise.all(Array.from({ length: count }, () => verify(key)));
    };
    await send(100);
    await send(7, 'malformed');
    await gatewayTo(server.url).verify(secret);
    const first = await metrics();
    expect(first('verifications_total{code="VALID"}')).toBe(101);
    expect(first('verifications_total{code="MALFORMED"}')).toBe(7);
    expect(first('verification_seconds_count{door="verify",result="accepted"}')).toBe(101);
    expect(first('verification_seconds_count{door="verify",result="denied"}')).toBe(7);
    expect(first('lookups_total{from="memory"}')).toBeGreaterThan(90);
    expect(first('verification_processes')).toBe(2);
    expect(first('verification_processes_silent')).toBe(0);
    expect(first('verification_process_restarts_total')).toBe(0);

    const [killed = 0, stopped = 0] = server.processes();
    process.kill(killed, 'SIGKILL');
    await eventually(() => !isRunning(killed));
    await eventually(async () => (await metrics())('verification_process_restarts_total') === 1);
    await eventually(async () => (await metrics())('verification_processes') === 2);
    process.kill(stopped, 'SIGSTOP');
    const second = await metrics();
    expect(second('verification_processes_silent')).toBe(1);
    expect(second('verifications_total{code="VALID"}')).toBe(101);
    process.kill(stopped, 'SIGCONT');
    await eventually(async () => (await metrics())('verification_processes_silent') === 0);
    await send(9);
    expect((await metrics())('verifications_total{code="VALID"}')).toBe(110);
  });
});

test('a verification process that hangs is replaced', async () => {
  const server = await verifyingServer('sqlite');
  const { secret } = await newKey(server, server.token);
  const [hanging = 0] = server.processes();
  process.kill(hanging, 'SIGSTOP');
  // In the queue of its socket, until another process accepts it.
  expect((await gatewayTo(server.verifyUrl).verify(secret)).status).toBe(200);
  expect(isRunning(hanging)).toBe(false);
});
