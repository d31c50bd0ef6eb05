const SYSTEM_ROLES: ReadonlySet<string> = new Set(['owner', 'admin', 'member']);

/** A role's name as it is displayed. System roles, whose names no other role can have, are capitalized. */
export function roleName(name: string): string {
  return SYSTEM_ROLES.has(name) ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
