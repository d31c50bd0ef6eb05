import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Engine } from '../../db/open.ts';
import { type Child, databaseFor, finish, readyAt, start } from '../cli/run.ts';

/** A server in a process of its own. */
export interface Served {
  readonly url: string;
  readonly server: Child;
  /** Asks it to stop, or kills it, and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `serve` on a free port, or this one. */
export async function startServer(env: Readonly<Record<string, string>>, port = '0'): Promise<Served> {
  const server = start({ ...env, PORT: port, LOG_LEVEL: 'warn' }, 'serve');
  const url = await readyAt(server);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    server.process.kill(signal);
    return server.ended;
  };
  return { url, server, stop };
}

/** A database with an organization, as `init` leaves it, and its owner's session. */
export async function initialized(engine: Engine) {
  const { env, open } = await databaseFor(engine);
  const init = await finish(
    start(env, 'init', '--organization', 'Acme', '--email', 'a@example.com', '--json'),
  );
  if (init.code !== 0) throw new Error(init.stderr);
  const { sessionToken, organizationId } = JSON.parse(init.stdout) as Record<string, string>;
  return { env, open, token: sessionToken ?? '', organizationId: organizationId ?? '' };
}

/** A load balancer: connections wait while no server is there. */
export interface LoadBalancer {
  readonly url: string;
  /** Where connections go from now on; null: nowhere, and new ones wait. */
  lead(server: { readonly url: string } | null): void;
  /** Loses the response to the next request with this text, and cuts its connection. */
  loseResponse(text: string): void;
  /** How many responses were lost. */
  lostResponses(): number;
  /** How many connections have been opened. */
  connections(): number;
}

/** Opens a load balancer; closed with the test. */
export async function openLoadBalancer(): Promise<LoadBalancer> {
  let port: number | null = null;
  let connections = 0;
  let losing: string | null = null;
  let lost = 0;
  const waiting = new Set<Socket>();
  const open = new Set<Socket>();
  const join = (near: Socket, to: number): void => {
    const far = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    open.add(far);
    near.on('data', (data) => {
      if (losing === null || !data.includes(losing)) return;
      losing = null;
      // Before the pipe would pass it on.
      far.unpipe(near).resume();
      far.once('data', () => {
        lost += 1;
        near.destroy();
      });
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroySoon());
    }
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    connections += 1;
    open.add(near);
    near.on('error', () => {});
    if (port === null) waiting.add(near);
    else join(near, port);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The load balancer has no port');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${address.port}`,
    lead: (to) => {
      port = to ? Number(new URL(to.url).port) : null;
      if (port === null) return;
      for (const near of waiting) join(near, port);
      waiting.clear();
    },
    loseResponse: (text) => {
      losing = text;
    },
    lostResponses: () => lost,
    connections: () => connections,
  };
}
