/** Input and output of the command line, as an argument so that tests can capture them. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string>>;
  /** Opens standard input, for the commands that read it. */
  stdin(): AsyncIterable<string | Uint8Array>;
}

/** Accepts text, such as a process's standard output. */
export interface Output {
  write(text: string): unknown;
}

/** Writes each argument on its own line. */
export function linesTo(output: Output): (line: string) => void {
  return (line) => void output.write(`${line}\n`);
}

/** One JSON value on standard output, on one line. */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}
