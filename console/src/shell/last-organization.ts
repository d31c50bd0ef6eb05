const STORED_AS = 'keywright-organization';

/** The slug of the organization that was last open in this browser, or null. */
export function lastOrganization(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** Saves which organization is open. */
export function saveLastOrganization(slug: string): void {
  try {
    localStorage.setItem(STORED_AS, slug);
  } catch {
    // Without storage, starts with the first organization.
  }
}
