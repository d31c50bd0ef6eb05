import { codeOf, StartError } from '../core/start-error.ts';

/** The setting of a port, and how else to change it. */
export interface PortSetting {
  readonly name: 'PORT' | 'VERIFY_PORT';
  /** Alternatives to setting it to another port. */
  readonly options: string;
}

/** The port of the server. */
export const MAIN_PORT: PortSetting = { name: 'PORT', options: ' (or --port)' };

/** The port of the verification processes. */
export const VERIFY_PORT: PortSetting = { name: 'VERIFY_PORT', options: '' };

/** Why the server can't listen, in terms of its settings. Returns other errors unchanged. */
export function listenError(error: unknown, host: string, port: number, setting = MAIN_PORT): unknown {
  const say = FAULTS[codeOf(error)];
  return say ? new StartError(say(host, port, setting), { cause: error }) : error;
}

const unknownHost = (host: string): string =>
  `HOST: ${host} is not an address of this machine; set HOST (or --host) to one of its addresses, to 127.0.0.1, or to 0.0.0.0 for all`;

const FAULTS: Readonly<Record<string, (host: string, port: number, setting: PortSetting) => string>> = {
  EADDRINUSE: (host, port, { name, options }) =>
    `${name}: another program is listening on port ${port} of ${host}; stop it, or set ${name}${options} to a free port`,
  EACCES: (host, port, { name, options }) =>
    `${name}: this user is not allowed to listen on port ${port} of ${host}; set ${name}${options} to 1024 or above, behind a proxy`,
  EADDRNOTAVAIL: unknownHost,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EAFNOSUPPORT: unknownHost,
  EINVAL: unknownHost,
};
