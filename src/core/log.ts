import { pino } from 'pino';
import type { LogLevel } from './config/config.ts';
import { cut, scrub } from './scrub.ts';
import { codeOf, rootOf } from './start-error.ts';

/**
 * Maximum length of the message and the stack of a logged error, characters: both may quote foreign text of any length.
 */
const MESSAGE_MAX = 8_000;
const STACK_MAX = 16_000;

/**
 * Minimum time between two warnings of background work about the same error, milliseconds: it retries several times a
 * second.
 */
const REPEAT_MS = 10_000;

/** Maximum number of warnings whose repetitions are tracked. */
const REPEATS_MAX = 100;

/** Fields of a log line besides its message: facts about a request or a part of the server, never its input. */
export interface LogFields {
  readonly requestId?: string;
  readonly method?: string;
  /** Path without its query. */
  readonly route?: string;
  readonly status?: number;
  readonly milliseconds?: number;
  readonly actor?: string;
  readonly operation?: string;
  /** Code of a rejection, such as `FORBIDDEN`. */
  readonly code?: string;
  readonly organizationId?: string;
  readonly url?: string;
  readonly version?: string;
  readonly count?: number;
  /** How often the same warning was omitted since the last one. */
  readonly repeated?: number;
  readonly error?: unknown;
}

/** Structured log lines on standard error. Fields are a closed list, and every line is scrubbed of secrets as well. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Creates the log. `write` receives whole lines. Default: standard error. */
export function createLog(level: LogLevel, write: (line: string) => void = writeToStandardError): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(scrub(line)) },
  );
  const at = (method: 'debug' | 'info' | 'warn' | 'error') => {
    // Nothing is prepared for a line that is not written.
    if (!logger.isLevelEnabled(method)) return () => {};
    return (message: string, fields: LogFields = {}): void => logger[method](plain(fields), message);
  };
  return { debug: at('debug'), info: at('info'), warn: withoutRepeats(at('warn')), error: at('error') };
}

/** Omits a warning about the same error within ten seconds, unless it belongs to a request. */
function withoutRepeats(warn: Log['warn']): Log['warn'] {
  const known = new Map<string, { readonly at: number; omitted: number }>();
  return (message, fields = {}) => {
    const { error, requestId } = fields;
    if (!(error instanceof Error) || requestId !== undefined) return warn(message, fields);
    const name = `${message}: ${cut(error.message, MESSAGE_MAX)}`;
    const last = known.get(name);
    const at = performance.now();
    if (last && at - last.at < REPEAT_MS) {
      last.omitted += 1;
      return;
    }
    if (known.size >= REPEATS_MAX) known.clear();
    known.set(name, { at, omitted: 0 });
    warn(message, last && last.omitted > 0 ? { ...fields, repeated: last.omitted } : fields);
  };
}

/**
 * An error as name, message and stack only: errors carry foreign properties, such as the database's parameters or a
 * request.
 */
function plain(fields: LogFields): Record<string, unknown> {
  const { error, ...rest } = fields;
  if (error === undefined) return rest;
  if (!(error instanceof Error)) return { ...rest, error: { message: cut(String(error), MESSAGE_MAX) } };
  const cause = error.cause instanceof Error ? { cause: cut(describe(error.cause), MESSAGE_MAX) } : {};
  const { name, message, stack = '' } = error;
  return {
    ...rest,
    error: { name, message: cut(message, MESSAGE_MAX), stack: cut(stack, STACK_MAX), ...cause },
  };
}

/**
 * The message and the driver's code. If several addresses failed, those of the first, because the error itself has no
 * message.
 */
function describe(error: Error): string {
  const root = rootOf(error);
  const message = error.message || (root instanceof Error ? root.message : '');
  return [message, codeOf(root) && `(${codeOf(root)})`].filter(Boolean).join(' ');
}

function writeToStandardError(line: string): void {
  process.stderr.write(line);
}
