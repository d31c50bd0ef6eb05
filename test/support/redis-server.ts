import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { findProgram, missingOf } from './programs.ts';

/** A Redis or Valkey that can be stopped and started again, on the same port and empty. */
export interface RedisServer {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const VALKEY = findProgram('valkey-server');

/** Why tests with Redis or Valkey are skipped here, for their title; empty where they aren't. */
export const REDIS_MISSING = VALKEY ? '' : missingOf('redis-server');

/** Starts a server; it ends with the test at the latest. */
export async function openRedis(): Promise<RedisServer> {
  const program = VALKEY ?? 'redis-server';
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const started = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
    server = started;
    let output = '';
    for await (const chunk of started.stdout) {
      output += chunk;
      if (/ready to accept connections/i.test(output)) break;
    }
  };
  const stop = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  onTestFinished(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    get process() {
      if (!server) throw new Error('Redis is not started');
      return server;
    },
    stop,
    start,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
