import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Engine } from '../../db/open.ts';
import { type Child, readyAt, start } from '../cli/run.ts';
import { initialized } from './serve.ts';
import { ask } from './server.ts';

/** A server with verification processes. */
export interface VerifyingServer {
  readonly url: string;
  /** Where its processes serve `/verify`. */
  readonly verifyUrl: string;
  readonly server: Child;
  /** Ids of its processes that run now. */
  processes(): number[];
  /** Asks it to stop, or kills it, and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `serve` with verification processes, on free ports unless the environment says otherwise. */
export async function startVerifying(env: Readonly<Record<string, string>>): Promise<VerifyingServer> {
  const server = start({ PORT: '0', VERIFY_PORT: '0', LOG_LEVEL: 'warn', ...env }, 'serve');
  const url = await readyAt(server);
  const verifyUrl = /^API keys are verified at (\S+)\/verify$/m.exec(server.stdout())?.[1];
  if (!verifyUrl) throw new Error(`It doesn't say where keys are verified: ${server.stdout()}`);
  return {
    url,
    verifyUrl,
    server,
    processes: () => verificationProcesses(server.process.pid),
    stop(signal = 'SIGTERM') {
      server.process.kill(signal);
      return server.ended;
    },
  };
}

/** The verification processes that a server has started. */
function verificationProcesses(pid: number | undefined): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const ids = children === '' ? [] : children.split(' ').map(Number);
  return ids.filter((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('verification-process'));
}

/** Whether a process runs; one that has exited and is not collected yet doesn't. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A server with verification processes, on a database with one organization, and its owner's session. */
export async function verifyingServer(engine: Engine, env: Readonly<Record<string, string>> = {}) {
  const { env: database, open, token, organizationId } = await initialized(engine);
  const settings = { ...database, VERIFY_FAILURES_PER_MINUTE: '1000000', ...env };
  const running = await startVerifying(settings);
  return { ...running, env: settings, open, token, organizationId };
}

/** Creates a key, and resolves with its id and secret. */
export async function newKey(
  server: { readonly url: string },
  token: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<{ id: string; secret: string }> {
  const { data, errors } = await ask(
    server,
    `mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) {
      ... on CreateApiKeyPayload { secret apiKey { id } } ... on Error { message } } }`,
    { token, variables: { input: { name: 'CI', ...input } } },
  );
  const { secret, apiKey, message } = data?.createApiKey ?? {};
  if (!secret) throw new Error(message ?? JSON.stringify(errors));
  return { id: apiKey.id, secret };
}

/** Revokes a key, and resolves with the propagation. */
export async function revokeKey(server: { readonly url: string }, token: string, id: string) {
  const { data, errors } = await ask(
    server,
    `mutation($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
      ... on RevokeApiKeyPayload { propagation { confirmedNodes totalNodes } } ... on Error { message } } }`,
    { token, variables: { input: { id } } },
  );
  const propagation = data?.revokeApiKey?.propagation;
  if (!propagation) throw new Error(JSON.stringify({ data, errors }));
  return propagation as { confirmedNodes: number; totalNodes: number };
}

/** Sends secrets to `/verify`, each on one of a few connections. */
export interface Gateway {
  /** The status of the answer, and its headers. Rejects if there is no answer. */
  verify(secret: string): Promise<{ status: number; headers: Record<string, unknown> }>;
}

/** Opens a gateway in front of `/verify` at an address; closed with the test. */
export function gatewayTo(url: string, connections = 4): Gateway {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  onTestFinished(() => agent.destroy());
  return {
    verify: (secret) =>
      new Promise((resolve, reject) => {
        const headers = { 'X-API-Key': secret };
        const asking = request(`${url}/verify`, { agent, headers }, (response) => {
          const { statusCode: status = 0, headers: received } = response;
          response.resume().on('end', () => resolve({ status, headers: received }));
          response.on('error', reject);
        });
        asking.on('error', reject).end();
      }),
  };
}
