import DataLoader from 'dataloader';
import { NotFoundError } from '../src/core/errors.ts';

/** Puts what a batch found into the order that was asked for, as a data loader wants it. */
export function inOrder<T extends { readonly id: string }>(
  ids: readonly string[],
  found: readonly T[],
): (T | Error)[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id) ?? new NotFoundError(id));
}

/** Turns a data loader's "there is none" into null; any other failure stays one. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}

/** Loads objects in batches, each once: rows of a list that have the same one wait for one promise, not for one each. */
export class Loader<T extends object> extends DataLoader<string, T> {
  readonly #promises = new Map<string, Promise<T>>();

  constructor(load: (ids: readonly string[]) => Promise<(T | Error)[]>) {
    super(load, { cache: false });
  }

  override load(id: string): Promise<T> {
    const known = this.#promises.get(id);
    if (known) return known;
    const promise = super.load(id);
    this.#promises.set(id, promise);
    return promise;
  }
}
