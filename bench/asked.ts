/** Does what the benchmark's own process asks of this one, until it is told to end. */
export function answerTo(
  abilities: Readonly<Record<string, (given: never) => unknown>>,
  received: (total: number) => void = () => {},
): void {
  process.on('message', async (message: { asked: number; what: string; given: never; received?: number }) => {
    if (message.received !== undefined) return received(message.received);
    const { asked, what, given } = message;
    try {
      process.send?.({ asked, answer: await abilities[what]?.(given) });
    } catch (error) {
      process.send?.({ asked, failure: `${what}: ${(error as Error).stack}` });
    }
  });
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
}

/** Milliseconds of a clock that all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Milliseconds that this process has worked. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
