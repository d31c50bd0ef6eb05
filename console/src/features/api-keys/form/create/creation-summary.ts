import { counted } from '../../../../design/primitives/counted.ts';
import { duration } from '../../../../design/primitives/duration.ts';
import { timeText } from '../../../../design/primitives/time-text.ts';
import type { Environment } from '../../../../generated/graphql.ts';
import { covers } from '../../../../viewer/permissions.ts';
import { roleName } from '../../../roles/role-name.ts';
import { problemsOf } from '../fields.ts';
import { type KeyDraft, policyOf } from '../key-draft.ts';

/** Input of the summary. */
export interface CreationFacts {
  readonly draft: KeyDraft;
  readonly environment: Environment;
  /** The chosen role, if any. */
  readonly role: { readonly name: string; readonly permissions: readonly string[] } | null;
  readonly teamNames: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Which key submitting the form creates, in sentences. */
export function creationSummary({ draft, environment, role, teamNames, now }: CreationFacts): string[] {
  const name = draft.name.trim();
  const kind = environment === 'LIVE' ? 'a live key' : 'a test key';
  const named = name ? `Creates ${kind} “${name}”` : `Creates ${kind}, which needs a name,`;
  return [`${named} ${rightsOf(draft, role)}.`, expiryOf(draft, now), boundsOf(draft, teamNames)].filter(
    Boolean,
  );
}

function rightsOf({ grants }: KeyDraft, role: CreationFacts['role']): string {
  const held = role?.permissions ?? [];
  const more = grants.filter((permission) => !covers(held, permission));
  if (covers([...held, ...grants], '*')) return 'with all permissions, including those of Keywright itself';
  if (!role) return more.length === 0 ? 'without permissions' : `with ${counted(more.length, 'permission')}`;
  const ofRole = `with the ${counted(held.length, 'permission')} of the role ${roleName(role.name)}`;
  return more.length === 0 ? ofRole : `${ofRole} and ${more.length} more`;
}

function expiryOf({ expiresAt }: KeyDraft, now: number): string {
  if (expiresAt.kind === 'never') return 'It doesn’t expire.';
  const time = expiresAt.kind === 'days' ? now + expiresAt.days * 86_400_000 : timeOf(expiresAt);
  return Number.isNaN(time) ? '' : `It expires on ${timeText(new Date(time).toISOString())}.`;
}

function timeOf(expiresAt: Extract<KeyDraft['expiresAt'], { kind: 'time' | 'kept' }>): number {
  return Date.parse(expiresAt.kind === 'time' ? expiresAt.local : expiresAt.at);
}

function boundsOf(draft: KeyDraft, teamNames: CreationFacts['teamNames']): string {
  const { ipAllowlist, rateLimit } = policyOf(draft, 0);
  const teams = draft.teamIds.map((id) => teamNames.get(id) ?? id);
  const networks = ipAllowlist?.length ?? 0;
  const isLimit = rateLimit && !problemsOf(draft).rateLimit;
  const bounds = [
    teams.length > 0 ? [`for ${new Intl.ListFormat('en').format(teams)} only`] : [],
    networks > 0 ? [`from ${counted(networks, 'address or network', 'addresses or networks')} only`] : [],
    isLimit ? [`at most ${counted(rateLimit.limit, 'time')} in ${duration(rateLimit.windowSeconds)}`] : [],
  ].flat();
  return bounds.length === 0 ? '' : `It is accepted ${bounds.join(', ')}.`;
}
