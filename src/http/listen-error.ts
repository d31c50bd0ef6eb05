import { codeOf, StartError } from '../core/start-error.ts';

/** Why the server can't listen, in terms of its settings. Returns other errors unchanged. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const say = FAULTS[codeOf(error)];
  return say ? new StartError(say(host, port), { cause: error }) : error;
}

const unknownHost = (host: string): string =>
  `HOST: ${host} is not an address of this machine; set HOST (or --host) to one of its addresses, to 127.0.0.1, or to 0.0.0.0 for all`;

const FAULTS: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `PORT: another program is listening on port ${port} of ${host}; stop it, or set PORT (or --port) to a free port`,
  EACCES: (host, port) =>
    `PORT: this user is not allowed to listen on port ${port} of ${host}; set PORT (or --port) to 1024 or above, behind a proxy`,
  EADDRNOTAVAIL: unknownHost,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EAFNOSUPPORT: unknownHost,
  EINVAL: unknownHost,
};
