import './api-key.ts';
import './api-key-mutations.ts';
import './api-key-queries.ts';
import './api-key-secret.ts';
import './connection.ts';
import './errors.ts';
import './member-mutations.ts';
import './membership.ts';
import './node.ts';
import './organization.ts';
import './organization-mutations.ts';
import './revocation.ts';
import './role.ts';
import './role-mutations.ts';
import './scalars.ts';
import './session.ts';
import './subscriptions.ts';
import './team.ts';
import './user.ts';
import './verification.ts';
import './viewer.ts';
import { builder } from './builder.ts';

/** The whole schema, ready to execute. */
export const schema = builder.toSchema({ sortSchema: false });
