import { NOT_YET } from '../../db/tables/tables.ts';
import { authorize, authorizeSomewhere } from '../access/authorize.ts';
import { refuseEscalation } from '../access/escalation.ts';
import { command, type Outcome, type PermittedChange } from '../command.ts';
import { newId } from '../core/ids.ts';
import { Input } from '../core/input.ts';
import { attemptOf, once } from '../idempotency/answers.ts';
import { organizationById } from '../organizations/organization.ts';
import { resolveOrganizationId } from '../organizations/resolve-organization.ts';
import { requireTeams } from '../teams/require-teams.ts';
import type { ApiKey } from './api-key.ts';
import { bindToTeams } from './key-teams.ts';
import { insertSecret, newSecret, searchText } from './new-secret.ts';
import type { KeysContext } from './pending-usage.ts';
import { assertKeyQuota } from './policy/assert-key-quota.ts';
import { permissionsInForce } from './policy/permissions-in-force.ts';
import { DEFAULT_POLICY, type KeyPolicy, limitsOf, policyColumns, policyCreation } from './policy/policy.ts';
import { type PolicyFacts, type PolicyInput, readPolicy } from './policy/read-policy.ts';
import { refuseStrongerKey } from './refuse-stronger-key.ts';
import { requireApiKey } from './require-api-key.ts';
import type { Environment } from './secret.ts';

/** Input for a new key. Only the name is required. */
export interface CreateApiKeyInput extends Omit<PolicyInput, 'enabled'> {
  readonly organizationId?: string | null | undefined;
  readonly environment?: Environment | null | undefined;
  /** 20 to 200 characters: a repetition within 24 hours returns the first answer. */
  readonly idempotencyKey?: string | null | undefined;
}

/** A new key with its first secret, which is returned only once. */
export interface CreatedApiKey {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

const PERMISSION = 'api.key.create';

/**
 * Creates a key. Requires `api.key.create` and every permission the key will have. A calling key can't exceed its own
 * restrictions. Rejects with ValidationError, NotFoundError (organization, role or team), EscalationError or
 * LimitExceededError.
 */
export async function createApiKey(
  ctx: KeysContext,
  params: CreateApiKeyInput,
): Promise<Outcome<CreatedApiKey>> {
  authorizeSomewhere(ctx, PERMISSION);
  const organizationId = resolveOrganizationId(ctx, params.organizationId);
  authorize(ctx, organizationId, PERMISSION);
  const input = new Input();
  const idempotencyKey = input.idempotencyKey(params.idempotencyKey);
  const attempt = await attemptOf(ctx, organizationId, idempotencyKey);
  const facts = attempt?.answeredAt ? factsThen(attempt.answeredAt) : await factsNow(ctx, organizationId);
  const { name = '', ...provided } = readPolicy(input, { ...params, name: params.name ?? null }, facts);
  input.check();
  const policy = { ...DEFAULT_POLICY, ...provided, name };
  const environment = params.environment ?? 'live';
  return command(ctx, { organizationId, permission: PERMISSION }, (change) =>
    once(change, attempt, ['createApiKey', { environment, ...withoutOrder(policy) }], {
      perform: () => insertKey(ctx, change, { organizationId, environment, policy }),
      keep: ({ apiKey, secret }) => ({ id: apiKey.id, secret }),
      repeat: async ({ id, secret }) => {
        const apiKey = await requireApiKey(ctx, change, id);
        await refuseStrongerKey(change, apiKey);
        return { apiKey, secret };
      },
    }),
  );
}

async function factsNow(ctx: KeysContext, organizationId: string): Promise<PolicyFacts> {
  const { permissionCatalog } = await organizationById(ctx.db, organizationId);
  return { now: ctx.clock.now(), catalog: permissionCatalog };
}

/** A repetition is valid if the first request was: its expiry may have passed, and the catalog may have changed. */
function factsThen(answeredAt: number): PolicyFacts {
  return { now: answeredAt, catalog: [] };
}

/** A policy whose lists, which are sets, are sorted. */
function withoutOrder(policy: KeyPolicy): KeyPolicy {
  const { grants, teamIds, ipAllowlist } = policy;
  return {
    ...policy,
    grants: grants.toSorted(),
    teamIds: teamIds.toSorted(),
    ipAllowlist: ipAllowlist.toSorted(),
  };
}

async function insertKey(
  ctx: KeysContext,
  change: PermittedChange,
  key: { organizationId: string; environment: Environment; policy: KeyPolicy },
): Promise<CreatedApiKey> {
  const { tx, now, audit, principal } = change;
  const { organizationId, environment, policy } = key;
  const permissions = await permissionsInForce(tx, organizationId, [policy]);
  await refuseEscalation(principal, organizationId, permissions, [limitsOf(policy, environment)]);
  await requireTeams(tx, organizationId, policy.teamIds);
  const organization = await organizationById(tx, organizationId);
  await assertKeyQuota(change, organization, now);

  const id = newId('key');
  const first = newSecret(organization.keyPrefix, environment);
  const row = {
    id,
    organization_id: organizationId,
    environment,
    start: first.start,
    search_text: searchText({ id, ...policy }, [first.start]),
    created_at: now,
    created_by: principal.actor,
    updated_at: now,
    rotated_at: now,
    revoked_at: null,
    revoked_by: null,
    revocation_reason: null,
  };
  await tx
    .insertInto('api_keys')
    .values({ ...row, ...policyColumns(policy) })
    .execute();
  const unused = { organization_id: organizationId, last_used_at: NOT_YET, last_used_ip: null };
  await tx
    .insertInto('api_key_usage')
    .values({ api_key_id: id, ...unused })
    .execute();
  await insertSecret(tx, id, first, now);
  await bindToTeams(tx, id, policy.teamIds);
  audit({
    organizationId,
    action: 'api_key.created',
    targetId: id,
    changes: policyCreation(policy, environment),
  });
  return { apiKey: await requireApiKey(ctx, change, id), secret: first.secret };
}
