/** The option that sets a field of an input, if it differs from the field's name. */
const OPTIONS: Readonly<Record<string, string>> = {
  organizationId: '--organization',
  roleId: '--role',
  teamIds: '--team',
  grants: '--permission',
  permissions: '--permission',
  ipAllowlist: '--allow',
  overlapSeconds: '--overlap',
  id: '<id>',
  ids: '<id>',
  email: '<email>',
  key: '<secret>',
};

/** The path of an issue in command-line terms: `["input", "ipAllowlist", "1"]` is `--allow no. 2`. */
export function optionNamed(path: readonly string[]): string {
  const [field = '', place, ...rest] = path[0] === 'input' ? path.slice(1) : path;
  const option = OPTIONS[field] ?? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (place === undefined) return option;
  const where = /^\d+$/.test(place) ? `no. ${Number(place) + 1}` : place;
  return [option, where, ...rest].join(' ');
}
