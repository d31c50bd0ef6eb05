import type { KeyDetailsFragment, KeyRowFragment, SomebodyFragment } from '../generated/graphql.ts';
import type { Io } from '../io.ts';
import { facts, shortTime, table } from '../table.ts';

/** Keys, a row each. */
export function keyTable(keys: readonly KeyRowFragment[]): string {
  return table(
    ['ID', 'NAME', 'STARTS WITH', 'STATUS', 'ROLE', 'CREATED', 'LAST USED', 'EXPIRES'],
    keys.map((key) => [
      key.id,
      key.name,
      key.start,
      key.status.toLowerCase(),
      key.role?.name,
      shortTime(key.createdAt),
      shortTime(key.lastUsedAt),
      shortTime(key.expiresAt),
    ]),
  );
}

/** A key with everything about it, and its secrets a row each. */
export function keyView(key: KeyDetailsFragment): string {
  const secrets = table(
    ['SECRET', 'STARTS WITH', 'STATUS', 'CREATED', 'EXPIRES', 'LAST USED', 'USES'],
    key.secrets.map((secret) => [
      secret.id,
      secret.start,
      secret.status.toLowerCase(),
      shortTime(secret.createdAt),
      shortTime(secret.expiresAt),
      shortTime(secret.lastUsedAt),
      secret.uses,
    ]),
  );
  return `${facts(factsOf(key))}\n${secrets}`;
}

/** Prints a key with its new secret, which is not shown again. */
export function printKeyWithSecret(io: Io, key: KeyDetailsFragment, secret: string): void {
  io.stdout.write(facts([...factsOf(key), ['Secret', secret]]));
  io.stderr.write('Copy this secret now. It is not shown again.\n');
}

function factsOf(key: KeyDetailsFragment): (readonly [string, string | null])[] {
  const { rateLimit, lastUsedAt, revokedAt } = key;
  return [
    ['ID', key.id],
    ['Name', key.name],
    ['Description', key.description],
    ['Status', key.status.toLowerCase()],
    ['Environment', key.environment.toLowerCase()],
    ['Starts with', key.start],
    ['Organization', key.organization && `${key.organization.name} (${key.organization.id})`],
    ['Role', key.role && `${key.role.name} (${key.role.id})`],
    ['Permissions', key.permissions.join(', ')],
    ['Teams', key.teams.map(({ id, name }) => `${name} (${id})`).join(', ')],
    ['Allowed IPs', key.ipAllowlist.join(', ') || 'any address'],
    ['Rate limit', rateLimit && `${rateLimit.limit} in ${rateLimit.windowSeconds} s`],
    ['External ID', key.externalId],
    ['Metadata', Object.keys(key.metadata ?? {}).length > 0 ? JSON.stringify(key.metadata) : null],
    [
      'Created',
      [shortTime(key.createdAt), key.createdBy && somebody(key.createdBy)].filter(Boolean).join(' by '),
    ],
    ['Rotation due', shortTime(key.rotationDueAt)],
    ['Expires', shortTime(key.expiresAt)],
    ['Last used', lastUsedAt && [shortTime(lastUsedAt), key.lastUsedIp].filter(Boolean).join(' from ')],
    ...(revokedAt
      ? ([
          [
            'Revoked',
            [shortTime(revokedAt), key.revokedBy && somebody(key.revokedBy)].filter(Boolean).join(' by '),
          ],
          ['Reason', key.revocationReason],
        ] as const)
      : []),
  ];
}

function somebody(actor: SomebodyFragment): string {
  if (actor.__typename === 'User') return actor.email;
  return actor.__typename === 'ApiKey' ? `${actor.name} (${actor.id})` : actor.name;
}
