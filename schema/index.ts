import './api-keys/api-key.ts';
import './api-keys/api-key-mutations.ts';
import './api-keys/api-key-queries.ts';
import './api-keys/api-key-secret.ts';
import './api-keys/import.ts';
import './connection.ts';
import './errors.ts';
import './organizations/denials.ts';
import './organizations/member-mutations.ts';
import './organizations/membership.ts';
import './node.ts';
import './organizations/organization.ts';
import './organizations/organization-mutations.ts';
import './organizations/organization-usage.ts';
import './api-keys/revocation.ts';
import './organizations/role.ts';
import './organizations/role-mutations.ts';
import './scalars.ts';
import './people/session.ts';
import './subscriptions.ts';
import './organizations/team.ts';
import './people/user.ts';
import './api-keys/verification.ts';
import './verifiers/verifier-events.ts';
import './verifiers/report-verifications.ts';
import './verifiers/verifier-keys.ts';
import './people/viewer.ts';
import { builder } from './builder.ts';

/** The whole schema, ready to execute. */
export const schema = builder.toSchema({ sortSchema: false });

// Pothos has no option for it.
schema.description = `
The API of Keywright, which creates, rotates, revokes and verifies API keys.

Send a session token, an API key or an operator token as \`Authorization: Bearer …\`, or an API key as \`X-API-Key\`.
Expected errors of mutations are members of their result unions. All other errors have a code in \`extensions.code\`.
Fields that require a permission are null, with an error, if the caller lacks it. Nothing is removed before it has been
deprecated with a reason and a date.`.trim();
