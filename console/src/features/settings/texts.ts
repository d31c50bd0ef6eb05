/** Titles and purposes of the settings' sections. */
export const TEXTS = {
  general: { title: 'General', description: 'The name, and how the secrets of new keys start.' },
  rotation: {
    title: 'Rotation',
    description: 'How old a secret may become before its key is listed for review. No key is rejected.',
  },
  permissions: {
    title: 'Custom permissions',
    description: 'The permissions that your own API requires.',
    none: 'None yet: roles and keys can have any permission. Once you add those that your API requires, roles and keys can have only these and the built-in ones.',
    some: 'Roles and keys can have only these and the built-in ones.',
  },
  origins: {
    title: 'Allowed origins',
    description: 'Web pages that may call Keywright’s API with keys of this organization.',
    hint: 'One per line, such as https://app.example.com or http://localhost:5173. At most 50. Programs, and the console, need no entry.',
  },
} as const;

const NAMES: Readonly<Record<string, string>> = {
  name: 'Name',
  keyPrefix: 'Key prefix',
  rotationPolicy: 'Rotation',
  permissionCatalog: 'Custom permissions',
  allowedOrigins: 'Allowed origins',
};

/** What saving changes, for the whole organization. */
export function summaryOf(fields: readonly string[]): string {
  if (fields.length === 0) return 'No changes yet.';
  const names = fields.map((field) => NAMES[field] ?? field);
  return `Changes ${new Intl.ListFormat('en').format(names)}. Everything else stays as it is.`;
}
