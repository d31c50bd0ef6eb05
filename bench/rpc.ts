/** Serves the calls of the benchmark's main process, until it ends this one. */
export function answerTo(
  methods: Readonly<Record<string, (params: never) => unknown>>,
  received: (total: number) => void = () => {},
): void {
  process.on('message', async (message: { id: number; what: string; params: never; received?: number }) => {
    if (message.received !== undefined) return received(message.received);
    const { id, what, params } = message;
    try {
      process.send?.({ id, answer: await methods[what]?.(params) });
    } catch (error) {
      process.send?.({ id, failure: `${what}: ${(error as Error).stack}` });
    }
  });
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
}

/** Milliseconds of a clock that all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** CPU time of this process, milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
