import { type ReadVariable, wholeNumber } from './setting.ts';

/** Settings of the processes that only verify keys. */
export interface VerifyServerConfig {
  /** Their port; 0: any free one. Null: there are no such processes. */
  readonly port: number | null;
  /** Number of processes. */
  readonly workers: number;
}

const PORT_MAX = 65_535;

/**
 * Reads the settings. The default port is the one after `port`, that of the main server. `fault` is called with errors
 * that concern both.
 */
export function readVerifyServer(
  env: Readonly<Record<string, string>>,
  read: ReadVariable,
  port: number,
  fault: (message: string) => void,
): VerifyServerConfig {
  // Any free port is followed by any free port.
  const next = port === 0 ? 0 : port + 1;
  if (env.VERIFY_PORT === undefined && next > PORT_MAX)
    fault(`VERIFY_PORT must be set because PORT is ${port}`);
  const own = read<number | null>('VERIFY_PORT', next, verifyPort);
  if (own !== null && own !== 0 && own === port) fault('VERIFY_PORT must not be the same as PORT');
  return { port: own, workers: read('VERIFY_WORKERS', 1, wholeNumber(1, 64)) };
}

function verifyPort(text: string): number | null {
  if (text === 'off') return null;
  if (/^\d+$/.test(text) && Number(text) <= PORT_MAX) return Number(text);
  throw new Error(`must be a whole number from 0 to ${PORT_MAX}, or off`);
}
