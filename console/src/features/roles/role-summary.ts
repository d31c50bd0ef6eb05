import { counted } from '../../design/primitives/counted.ts';
import type { RoleFactsFragment } from '../../generated/graphql.ts';
import { difference } from './permission-choice.ts';
import type { RoleText } from './role-form.tsx';

/** Which role submitting the form creates. */
export function roleCreation({ name, permissions }: RoleText): string {
  const named = name.trim() ? `Creates the role “${name.trim()}”` : 'Creates a role, which needs a name,';
  const rights = permissions.includes('*')
    ? 'with all permissions'
    : permissions.length === 0
      ? 'without permissions'
      : `with ${counted(permissions.length, 'permission')}`;
  return `${named} ${rights}. Nobody has it until you assign it to members or keys.`;
}

/** What saving changes, and for whom. */
export function roleUpdate(role: RoleFactsFragment, text: RoleText): string {
  const changed = changedFields(role, text);
  if (changed.length === 0) return 'No changes yet.';
  const names = new Intl.ListFormat('en').format(changed.map((field) => NAMES[field]));
  const { gained, lost } = difference(role.permissions, text.permissions);
  if (gained.length + lost.length === 0) return `Changes ${names}.`;
  const touched = `${counted(role.apiKeyCount ?? 0, 'key')} and ${counted(role.memberCount ?? 0, 'member')}`;
  return `Changes ${names}. Immediately, ${touched} gain ${counted(gained.length, 'permission')} and lose ${lost.length}.`;
}

const NAMES = { name: 'Name', description: 'Description', permissions: 'Permissions' } as const;

/** The fields of the role that differ in the form. */
export function changedFields(role: RoleFactsFragment, text: RoleText): readonly (keyof RoleText)[] {
  const sorted = (list: readonly string[]) => [...list].sort().join(' ');
  const isChanged: Readonly<Record<keyof RoleText, boolean>> = {
    name: text.name.trim() !== role.name,
    description: text.description.trim() !== (role.description ?? ''),
    permissions: sorted(text.permissions) !== sorted(role.permissions),
  };
  return (['name', 'description', 'permissions'] as const).filter((field) => isChanged[field]);
}
