/** Fields that the console calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  ipAllowlist: 'allowed IPs',
  grants: 'additional permissions',
  externalId: 'external ID',
  expiresAt: 'expiry',
};

/** A field in a sentence: `rotationPolicy` is `rotation policy`. A field with an ID is called after its object. */
export function fieldInSentence(field: string): string {
  const known = NAMES[field];
  if (known) return known;
  return field
    .replace(/Ids$/, 's')
    .replace(/Id$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .replace(/^ip\b/, 'IP');
}

/** A field as a label: `Rotation policy`. */
export function fieldLabel(field: string): string {
  const words = fieldInSentence(field);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
