/** What the command line reads and writes: an argument, so that tests look at it. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string>>;
  /** Opens standard input, for the commands that read it. */
  stdin(): AsyncIterable<string | Uint8Array>;
}

/** Takes text, such as a process's standard output. */
export interface Output {
  write(text: string): unknown;
}

/** Writes what it is called with as lines of their own. */
export function linesTo(output: Output): (line: string) => void {
  return (line) => void output.write(`${line}\n`);
}
