interface OrganizationTopics<T> {
  readonly all: Set<T>;
  readonly byKey: Map<string, Set<T>>;
}

/** Subscribers by topic: finds them by organization and key without visiting the others. */
export class TopicIndex<T> {
  readonly #organizations = new Map<string, OrganizationTopics<T>>();

  /** Adds a subscriber to these keys (null: to all of the organization). Returns a function that removes it. */
  add(organizationId: string, keyIds: readonly string[] | null, target: T): () => void {
    const topics = this.#organizations.get(organizationId) ?? { all: new Set<T>(), byKey: new Map() };
    this.#organizations.set(organizationId, topics);
    if (!keyIds) topics.all.add(target);
    for (const keyId of keyIds ?? []) {
      const targets = topics.byKey.get(keyId) ?? new Set<T>();
      topics.byKey.set(keyId, targets.add(target));
    }
    return () => this.#remove(organizationId, keyIds, target);
  }

  /** Calls `visit` for every subscriber to this key. Null: not about a specific key. */
  visit(organizationId: string, keyId: string | null, visit: (target: T) => void): void {
    const topics = this.#organizations.get(organizationId);
    if (!topics) return;
    for (const target of topics.all) visit(target);
    if (keyId !== null) for (const target of topics.byKey.get(keyId) ?? []) visit(target);
  }

  #remove(organizationId: string, keyIds: readonly string[] | null, target: T): void {
    const topics = this.#organizations.get(organizationId);
    if (!topics) return;
    topics.all.delete(target);
    for (const keyId of keyIds ?? []) {
      const targets = topics.byKey.get(keyId);
      targets?.delete(target);
      if (targets?.size === 0) topics.byKey.delete(keyId);
    }
    if (topics.all.size === 0 && topics.byKey.size === 0) this.#organizations.delete(organizationId);
  }
}
