import './api-keys/api-key.ts';
import './api-keys/api-key-mutations.ts';
import './api-keys/api-key-queries.ts';
import './api-keys/api-key-secret.ts';
import './connection.ts';
import './errors.ts';
import './organizations/member-mutations.ts';
import './organizations/membership.ts';
import './node.ts';
import './organizations/organization.ts';
import './organizations/organization-mutations.ts';
import './api-keys/revocation.ts';
import './organizations/role.ts';
import './organizations/role-mutations.ts';
import './scalars.ts';
import './people/session.ts';
import './subscriptions.ts';
import './organizations/team.ts';
import './people/user.ts';
import './api-keys/verification.ts';
import './people/viewer.ts';
import { builder } from './builder.ts';

/** The whole schema, ready to execute. */
export const schema = builder.toSchema({ sortSchema: false });
