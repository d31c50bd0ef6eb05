import { fieldInSentence } from './audit-fields.ts';

/** Actions with a common prefix. */
export interface ActionGroup {
  /** Their common prefix. */
  readonly id: string;
  readonly label: string;
  readonly actions: readonly string[];
}

/** An action as a verb phrase before the object, or null if the text is complete without an object. */
const WORDS: Readonly<Record<string, readonly [words: string, names: boolean]>> = {
  'api_key.created': ['created the key', true],
  'api_key.updated': ['changed the key', true],
  'api_key.rotated': ['rotated the key', true],
  'api_key.secret_revoked': ['revoked a secret of the key', true],
  'api_key.secret_expired': ['recorded the expiry of a replaced secret of the key', true],
  'api_key.revoked': ['revoked the key', true],
  'api_key.expired': ['recorded the expiry of the key', true],
  'member.invited': ['invited', true],
  'member.joined': ['joined', false],
  'member.updated': ['changed the membership of', true],
  'member.removed': ['removed', true],
  'role.created': ['created the role', true],
  'role.updated': ['changed the role', true],
  'role.deleted': ['deleted the role', true],
  'team.created': ['created the team', true],
  'team.updated': ['renamed the team', true],
  'team.deleted': ['deleted the team', true],
  'session.created': ['signed in', false],
  'session.ended': ['revoked a session', false],
  'sign_in_link.created': ['created a sign-in link for', true],
  'identity.linked': ['linked a provider account to', true],
  'identity.unlinked': ['unlinked the provider account from', true],
  'organization.created': ['created the organization', false],
  'organization.updated': ['changed the organization', false],
  'organization.exported': ['exported the organization with the hashes of its keys', false],
  'api_key.create': ['was denied permission to create a key', false],
  'api_key.import': ['was denied permission to import keys', false],
  'api_key.update': ['was denied permission to change a key', true],
  'api_key.rotate': ['was denied permission to rotate a key', true],
  'api_key.revoke': ['was denied permission to revoke a key', true],
  'api_key.revoke_secret': ['was denied permission to revoke a secret', true],
  'member.invite': ['was denied permission to invite someone', false],
  'member.update': ['was denied permission to change a membership', true],
  'member.remove': ['was denied permission to remove a member', true],
  'role.create': ['was denied permission to create a role', false],
  'role.update': ['was denied permission to change a role', true],
  'role.delete': ['was denied permission to delete a role', true],
  'team.create': ['was denied permission to create a team', false],
  'team.update': ['was denied permission to rename a team', true],
  'team.delete': ['was denied permission to delete a team', true],
  'organization.update': ['was denied permission to change the organization', false],
  'organization.denied_attempts_omitted': ['omitted further denied attempts', false],
};

const GROUPS = [
  ['api_key', 'Keys'],
  ['member', 'Members'],
  ['role', 'Roles'],
  ['team', 'Teams'],
  ['session', 'Sessions'],
  ['sign_in_link', 'Sign-in links'],
  ['identity', 'Provider accounts'],
  ['organization', 'Organization'],
] as const;

/** All actions, grouped by object. */
export const ACTION_GROUPS: readonly ActionGroup[] = GROUPS.map(([id, label]) => ({
  id,
  label,
  actions: Object.keys(WORDS).filter((action) => action.startsWith(`${id}.`)),
}));

/** A sentence without its actor and object. */
export interface Phrase {
  /** Verb phrase before the object. */
  readonly words: string;
  /** Whether the object's name follows. */
  readonly names: boolean;
  /** What follows the object. Empty: nothing. */
  readonly tail: string;
}

/** At most this many changed fields are named in a sentence. */
const FIELDS_MAX = 3;

/**
 * Describes an action with these changes. An actor that is not a person, such as `cli`, adds people instead of joining.
 */
export function phraseOf(
  action: string,
  changes: Readonly<Record<string, unknown>>,
  isSystem: boolean,
): Phrase {
  if (action === 'member.joined' && isSystem) return { words: 'added', names: true, tail: '' };
  const [words, names] = WORDS[action] ?? [action, true];
  const fields = Object.keys(changes);
  const [before, after] = changeOf(changes, fields[0] ?? '');
  if (action === 'api_key.updated' && fields.length === 1 && fields[0] === 'enabled')
    return { words: after ? 'enabled the key' : 'disabled the key', names, tail: '' };
  if (action.endsWith('.updated') && fields.length === 1 && fields[0] === 'name' && before)
    return { words: words.replace(/^changed/, 'renamed'), names, tail: `, before “${before}”` };
  const [, reason] = changeOf(changes, 'reason');
  if (action === 'api_key.revoked' && reason) return { words, names, tail: `: “${reason}”` };
  if (action.endsWith('.updated') && words.startsWith('changed the ') && fields.length > 0)
    return {
      words: words
        .replace(/^changed the (?:membership of)?/, `changed the ${fieldsWords(fields)} of the `)
        .replace(/ of the $/, ' of'),
      names,
      tail: '',
    };
  return { words, names, tail: '' };
}

function changeOf(changes: Readonly<Record<string, unknown>>, field: string): readonly unknown[] {
  const change = changes[field];
  return Array.isArray(change) && change.length === 2 ? change : [null, null];
}

/** `name, role and 2 more fields`. */
function fieldsWords(fields: readonly string[]): string {
  const shown = fields.slice(0, FIELDS_MAX).map(fieldInSentence);
  const more = fields.length - shown.length;
  const all = more > 0 ? [...shown, more === 1 ? '1 more field' : `${more} more fields`] : shown;
  const last = all.pop() ?? '';
  return all.length > 0 ? `${all.join(', ')} and ${last}` : last;
}

/** An action as an option: among actions of one kind, `created` is clearer than `Created the key`. */
export function actionLabel(action: string): string {
  const [, ...rest] = action.split('.');
  const denied = WORDS[action]?.[0].startsWith('was denied') ? ' (denied)' : '';
  const words = rest.join(' ').replaceAll('_', ' ') + denied;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
