/** What the server sent doesn't follow the protocol. The stream is closed, and nothing is accepted by it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The values of a message, each checked. The functions throw ProtocolError, which names the field. */
export type Fields = Readonly<Record<string, unknown>>;

export function fault(name: string): ProtocolError {
  return new ProtocolError(`The server sent no valid value of ${name}`);
}

export function object(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(name);
  return value as Fields;
}

export function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw fault(name);
  return value;
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw fault(name);
  return value;
}

export function texts(value: unknown, name: string): readonly string[] {
  return list(value, name).map((one) => text(one, name));
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw fault(name);
  return value;
}

export function number(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw fault(name);
  return value;
}

export function positive(value: unknown, name: string): number {
  if (number(value, name) <= 0) throw fault(name);
  return value as number;
}

export function whole(value: unknown, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw fault(name);
  return value as number;
}
