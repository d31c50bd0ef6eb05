import { foldName } from '../../core/input.ts';
import type { Names } from './translate.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Roles and teams of an organization by ID and name, case-insensitive. */
export class NameIndex implements Names {
  readonly #ids = { role: new Map<string, string>(), team: new Map<string, string>() };

  constructor(roles: readonly Named[], teams: readonly Named[]) {
    for (const role of roles) this.add('role', role);
    for (const team of teams) this.add('team', team);
  }

  add(kind: 'role' | 'team', { id, name }: Named): void {
    this.#ids[kind].set(foldName(name), id);
    if (id !== '') this.#ids[kind].set(id, id);
  }

  remove(kind: 'role' | 'team', { id, name }: Named): void {
    this.#ids[kind].delete(foldName(name));
    this.#ids[kind].delete(id);
  }

  role(nameOrId: string): string | null {
    return this.#find('role', nameOrId);
  }

  team(nameOrId: string): string | null {
    return this.#find('team', nameOrId);
  }

  #find(kind: 'role' | 'team', nameOrId: string): string | null {
    return this.#ids[kind].get(nameOrId) ?? this.#ids[kind].get(foldName(nameOrId)) ?? null;
  }
}
