import { LRUCache } from 'lru-cache';
import { ALL_KEYS } from '../../access/key-scope.ts';
import { isPermission } from '../../access/permissions.ts';
import { isId } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { VerificationRequest } from '../../verification/verify.ts';

/** Parameters of a gateway's verification request. */
export interface VerifyParams
  extends Pick<
    Required<VerificationRequest>,
    'permissions' | 'anyPermissions' | 'teamId' | 'environment' | 'reportTo' | 'visible' | 'visibleKeys'
  > {
  /** Whether a CORS preflight passes without a key. */
  readonly preflight: boolean;
}

const OWN_QUERY = "pass the query of the client's own request in uri=, or omit it";

export const PERMISSIONS_MAX = 100;
const REPEATABLE: readonly string[] = ['permission', 'any_permission'];

/** Names of the parameters that require something of a key. */
export const REQUIREMENTS: readonly string[] = [...REPEATABLE, 'team', 'environment', 'organization'];

/** A gateway's configuration has few URLs. Longer ones are not cached, so that others can't fill the cache. */
const KEPT_MAX = 1_000;
const KEPT_LENGTH_MAX = 2_000;
const kept = new LRUCache<string, VerifyParams | Refusal>({ max: KEPT_MAX });

/** What follows is not meant for us: Envoy appends the path that the client requested. */
const REST = /(?:^|&)uri=/;

/**
 * Parses the query of /verify: `permission` (repeatable, all required), `any_permission` (repeatable, one required),
 * `team`, `environment`, `organization`, `preflight`. Returns a Refusal for anything else, because ignoring a
 * misspelled parameter would disable a check.
 */
export function readVerifyQuery(query: string): VerifyParams | Refusal {
  if (query === '') return NOTHING;
  const at = query.search(REST);
  const own = at < 0 ? query : query.slice(0, at);
  const known = kept.get(own);
  if (known) return known;
  const params = parse(new URLSearchParams(own));
  if (own.length <= KEPT_LENGTH_MAX) kept.set(own, params);
  return params;
}

function parse(parameters: URLSearchParams): VerifyParams | Refusal {
  for (const name of parameters.keys()) {
    if (!REQUIREMENTS.includes(name) && name !== 'preflight')
      return fault(`Unknown parameter ${JSON.stringify(name.slice(0, 60))}; ${OWN_QUERY}`);
    if (!REPEATABLE.includes(name) && parameters.getAll(name).length > 1)
      return fault(`${name}: must not be repeated`);
  }
  const [permissions = [], anyPermissions = []] = REPEATABLE.map((name) => [
    ...new Set(parameters.getAll(name)),
  ]);
  for (const [index, names] of [permissions, anyPermissions].entries()) {
    if (names.length > PERMISSIONS_MAX)
      return fault(`${REPEATABLE[index]}: must not be repeated more than ${PERMISSIONS_MAX} times`);
    if (!names.every(isPermission)) return fault(`${REPEATABLE[index]}: must be the name of a permission`);
  }
  const teamId = parameters.get('team');
  if (teamId !== null && !isId('team', teamId)) return fault('team: must be the ID of a team');
  const environment = parameters.get('environment');
  if (environment !== null && environment !== 'live' && environment !== 'test')
    return fault('environment: must be live or test');
  const organizationId = parameters.get('organization');
  if (organizationId !== null && !isId('org', organizationId))
    return fault('organization: must be the ID of an organization');
  const preflight = parameters.get('preflight');
  if (preflight !== null && preflight !== 'allow') return fault('preflight: must be allow');
  const visible = (key: { readonly organizationId: string }): boolean =>
    organizationId === null || key.organizationId === organizationId;
  const reportTo = organizationId;
  const visibleKeys = () => ({
    organizationIds: organizationId === null ? null : [organizationId],
    keyScope: ALL_KEYS,
  });
  return {
    permissions,
    anyPermissions,
    teamId,
    environment,
    reportTo,
    visible,
    visibleKeys,
    preflight: preflight !== null,
  };
}

const NOTHING = parse(new URLSearchParams());

function fault(message: string): Refusal {
  return new Refusal(400, 'BAD_USER_INPUT', message);
}
