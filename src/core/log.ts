import { pino } from 'pino';
import type { LogLevel } from './config.ts';

/** What a log line may say besides its message: facts about a request or a part of the server, never its input. */
export interface LogFields {
  readonly requestId?: string;
  readonly method?: string;
  /** Path without its query. */
  readonly route?: string;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly actor?: string;
  readonly operation?: string;
  readonly organizationId?: string;
  readonly url?: string;
  readonly version?: string;
  readonly count?: number;
  readonly error?: unknown;
}

/** Structured log lines on standard error. Fields are a closed list, and every line is scrubbed of secrets besides. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Makes the log; `write` receives whole lines (standard error unless told otherwise). */
export function createLog(level: LogLevel, write: (line: string) => void = writeToStandardError): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(scrub(line)) },
  );
  const at = (method: 'debug' | 'info' | 'warn' | 'error') => {
    // Nothing is made ready for a line that is not written.
    if (!logger.isLevelEnabled(method)) return () => {};
    return (message: string, fields: LogFields = {}): void => logger[method](plain(fields), message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * Removes whatever looks like a credential or the hash of one. The log's callers pass none; this is for texts that others
 * wrote, such as a database's error that quotes the row.
 */
export function scrub(text: string): string {
  return text
    .replace(/\b(sess|kwop)_[\w-]{20,}/g, '$1_[redacted]')
    .replace(/\b([a-z][a-z0-9_]{1,15}_(?:live|test))_[0-9A-Za-z]{12,}/g, '$1_[redacted]')
    .replace(/\b[0-9a-f]{64}\b/gi, '[redacted]')
    .replace(/(postgres(?:ql)?|rediss?):\/\/[^\s"@]*@/g, '$1://[redacted]@')
    .replace(/(token=)[\w-]{20,}/g, '$1[redacted]');
}

/** An error as name, message and stack only: errors carry foreign properties (a database's parameters, a request). */
function plain(fields: LogFields): Record<string, unknown> {
  const { error, ...rest } = fields;
  if (error === undefined) return rest;
  if (!(error instanceof Error)) return { ...rest, error: { message: String(error) } };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { ...rest, error: { name: error.name, message: error.message, stack: error.stack, ...cause } };
}

function writeToStandardError(line: string): void {
  process.stderr.write(line);
}
