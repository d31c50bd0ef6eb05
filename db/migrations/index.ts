import * as keysAndOrganizations from './0001-keys-and-organizations.ts';
import * as limitedSessions from './0002-limited-sessions.ts';
import * as nodes from './0003-nodes.ts';
import * as userIdentities from './0004-user-identities.ts';
import * as recordedExpiries from './0005-recorded-expiries.ts';
import * as auditByAge from './0006-audit-by-age.ts';
import * as nodeSecrets from './0007-node-secrets.ts';
import * as usageJournal from './0008-usage-journal.ts';
import * as invitedMemberships from './0009-invited-memberships.ts';
import * as listedKeys from './0010-listed-keys.ts';
import * as searchedKeys from './0011-searched-keys.ts';
import * as apiKeyCounts from './0012-api-key-counts.ts';
import * as openKeyIndexes from './0012-open-key-indexes.ts';
import * as organizationUsage from './0013-organization-usage.ts';
import * as auditByTime from './0014-audit-by-time.ts';
import * as confirmedMemberships from './0015-confirmed-memberships.ts';
import * as deletedRoles from './0016-deleted-roles.ts';
import * as numberedUsage from './0017-numbered-usage.ts';
import * as allowedOrigins from './0018-allowed-origins.ts';
import * as idempotencyKeys from './0019-idempotency-keys.ts';
import * as importedKeys from './0020-imported-keys.ts';
import * as indexedImports from './0020-indexed-imports.ts';
import * as indexedMetadata from './0022-indexed-metadata.ts';
import * as candidateOrganizations from './0023-candidate-organizations.ts';
import * as indexedCandidates from './0023-indexed-candidates.ts';
import * as verifiers from './0024-verifiers.ts';
import * as organizationUsageHistory from './0025-organization-usage-history.ts';
import * as secretUsage from './0026-secret-usage.ts';
import * as denials from './0027-denials.ts';
import type { Migration } from './migration.ts';

/**
 * All migrations, oldest first. Never edited once released. Indexes on tables that may be large are built by a separate
 * migration with `apart` and `createIndexes`, with the same number as the one that adds columns and tables.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-keys-and-organizations': keysAndOrganizations,
  '0002-limited-sessions': limitedSessions,
  '0003-nodes': nodes,
  '0004-user-identities': userIdentities,
  '0005-recorded-expiries': recordedExpiries,
  '0006-audit-by-age': auditByAge,
  '0007-node-secrets': nodeSecrets,
  '0008-usage-journal': usageJournal,
  '0009-invited-memberships': invitedMemberships,
  '0010-listed-keys': listedKeys,
  '0011-searched-keys': searchedKeys,
  '0012-api-key-counts': apiKeyCounts,
  '0012-open-key-indexes': openKeyIndexes,
  '0013-organization-usage': organizationUsage,
  '0014-audit-by-time': auditByTime,
  '0015-confirmed-memberships': confirmedMemberships,
  '0016-deleted-roles': deletedRoles,
  '0017-numbered-usage': numberedUsage,
  '0018-allowed-origins': allowedOrigins,
  '0019-idempotency-keys': idempotencyKeys,
  '0020-imported-keys': importedKeys,
  '0020-indexed-imports': indexedImports,
  '0022-indexed-metadata': indexedMetadata,
  '0023-candidate-organizations': candidateOrganizations,
  '0023-indexed-candidates': indexedCandidates,
  '0024-verifiers': verifiers,
  '0025-organization-usage-history': organizationUsageHistory,
  '0026-secret-usage': secretUsage,
  '0027-denials': denials,
};
