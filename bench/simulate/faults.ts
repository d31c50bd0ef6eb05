import { PostgresServer } from './postgres-server.ts';
import { FAULT_NAMES, type FaultName } from './rules.ts';
import type { Scenario } from './scenario.ts';
import type { Verifier } from './verifier.ts';
import type { World } from './world.ts';

/** Breaks something at random: connections, processes, clocks. */
export function breakSomething(scenario: Scenario): void {
  FAULTS[scenario.world.pick(scenario.setup.faults ?? FAULT_NAMES)](scenario);
}

type Fault = (scenario: Scenario) => void;

/** When a side of a broken connection notices, milliseconds; null: never. */
function noticed(world: World): number | null {
  return world.chance(0.4) ? null : world.between(0, world.chance(0.5) ? 20 : 3_000);
}

/**
 * Whether its machine may be suspended. The clock of such a machine isn't set back: if both happen within one lease,
 * neither of its clocks shows how long that took.
 */
function isSuspended({ name }: Verifier): boolean {
  return name.endsWith('1') || name.endsWith('3');
}

const FAULTS: Readonly<Record<FaultName, Fault>> = {
  breakConnection({ world, verifiers }) {
    world.pick(verifiers).connection?.break({ client: noticed(world), server: noticed(world) });
  },

  closeStream({ world, verifiers, servers }) {
    // As for an overflow, or because the credential has ended; its connection may swallow that.
    const [verifier, server] = [world.pick(verifiers), world.pick(servers)];
    const stream = [...server.streams].find(({ connection }) => connection === verifier.connection);
    if (!stream || !server.isAlive) return;
    if (world.chance(0.7)) stream.connection.break({ client: noticed(world), server: null });
    server.receive(() => {
      stream.connection.close('server');
      server.end(stream, false);
    });
  },

  pauseVerifier({ world, verifiers, setup }) {
    world.pick(verifiers).pause(world.between(10, 2 * setup.leaseMs));
  },

  suspendVerifier({ world, verifiers, setup }) {
    world.pick(verifiers.filter(isSuspended)).pause(world.between(100, 2 * setup.leaseMs), true);
  },

  restartVerifier({ world, verifiers }) {
    const verifier = world.pick(verifiers);
    if (!verifier.isAlive) return;
    verifier.connection?.break({ client: null, server: noticed(world) });
    verifier.kill();
    world.after(world.between(50, 500), () => verifier.start());
  },

  setClock({ world, verifiers }) {
    const verifier = world.pick(verifiers);
    verifier.setWall(world.between(isSuspended(verifier) ? 0 : -100_000, 100_000));
  },

  pauseServer({ world, servers, setup }) {
    world.pick(servers).pause(world.between(10, 2 * setup.leaseMs));
  },

  killServer({ world, servers }) {
    const server = world.pick(servers);
    if (!server.isAlive) return;
    for (const { connection } of server.streams) connection.break({ client: noticed(world), server: null });
    if (server instanceof PostgresServer) server.listening?.break({ client: null, server: null });
    server.kill();
    world.after(world.between(20, 1_000), () => server.start());
  },

  stopServer({ world, servers }) {
    const server = world.pick(servers);
    if (!server.isAlive || server.isStopping) return;
    server.receive(() =>
      server.stop(() => {
        world.after(world.between(20, 500), () => server.start());
      }),
    );
  },

  breakListening({ world, servers }) {
    const server = world.pick(servers);
    if (!(server instanceof PostgresServer)) return;
    server.listening?.break({ client: noticed(world), server: noticed(world) });
  },
};
