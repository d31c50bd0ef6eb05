import type { GraphQLError, GraphQLResolveInfo } from 'graphql';

/** Where a value is in the answer. */
export type PlacePath = GraphQLResolveInfo['path'];

/** The same; undefined: it is all of it. */
export type Path = PlacePath | undefined;

/** The errors of fields in the order in which they came up. */
export class FieldErrors {
  readonly all: GraphQLError[] = [];
  readonly #nulled = new Set<Path>();

  /** Takes note of an error by which the value at `path` became null; not below a place that is null already. */
  add(error: GraphQLError, path: Path): void {
    for (let place = path; place; place = place.prev) if (this.#nulled.has(place)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.all.push(error);
  }
}
