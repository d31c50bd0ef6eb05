import type { GraphQLError, GraphQLResolveInfo } from 'graphql';

/** Path of a value in the response. */
export type PlacePath = GraphQLResolveInfo['path'];

/** The same. Undefined: the whole response. */
export type Path = PlacePath | undefined;

/** Field errors in the order in which they occurred. */
export class FieldErrors {
  readonly all: GraphQLError[] = [];
  readonly #nulled = new Set<Path>();

  /** Records the error that made the value at `path` null, unless a parent is already null. */
  add(error: GraphQLError, path: Path): void {
    for (let place = path; place; place = place.prev) if (this.#nulled.has(place)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.all.push(error);
  }
}
