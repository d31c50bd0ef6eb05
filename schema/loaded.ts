import DataLoader from 'dataloader';
import { NotFoundError } from '../src/core/errors.ts';

/** Arranges the results of a batch in the requested order, as data loaders require. */
export function inOrder<T extends { readonly id: string }>(
  ids: readonly string[],
  found: readonly T[],
): (T | Error)[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id) ?? new NotFoundError(id));
}

/** Converts a data loader's NotFoundError to null and rethrows all others. */
export function nullIfMissing(error: unknown): null {
  if (error instanceof NotFoundError) return null;
  throw error;
}

/** Loads objects in batches, each once: rows with the same object share a promise. */
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
