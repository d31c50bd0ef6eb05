import type { Io } from './io.ts';

/**
 * The action of a command whose code is loaded when it runs, so that each starts fast: the module's function with this
 * name, called with `io` and what was typed.
 */
export function runs<Name extends string>(
  io: Io,
  load: () => Promise<Readonly<Record<NoInfer<Name>, (io: Io, ...typed: never[]) => Promise<void>>>>,
  name: Name,
): (...typed: unknown[]) => Promise<void> {
  // Commander parsed them by the command's declaration.
  return async (...typed) => (await load())[name](io, ...(typed as never[]));
}
