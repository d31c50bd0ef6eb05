import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../../src/core/errors.ts';
import { createRole } from '../../src/roles/create-role.ts';
import { deleteRole } from '../../src/roles/delete-role.ts';
import { updateRole } from '../../src/roles/update-role.ts';
import { mutation } from '../mutation.ts';
import { PROPAGATION_FIELD } from '../propagation.ts';
import { RoleRef } from '../refs.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';

const roleField = { type: RoleRef, description: 'The role' } as const;

mutation('createRole', {
  description: 'Creates a role. Requires `role.manage` and every permission the role will have',
  permission: 'role.manage',
  argument: 'The role to create',
  input: (t) => ({
    organizationId: t.id({ description: ORGANIZATION_ID }),
    name: t.string({
      required: true,
      description:
        'Name of the role: 1 to 100 characters, without invisible characters, unique in the organization. Must not resemble the name of a system role',
    }),
    description: t.string({ description: 'Description of the role: up to 500 characters' }),
    permissions: t.field({
      type: ['Permission'],
      required: true,
      description: 'Permissions of the role, up to 100. You must have each of them',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, EscalationError],
  result: 'The new role, or an error',
  resolve: async (ctx, input) => ({ role: (await createRole(ctx, input)).result }),
  payload: {
    description: 'Result of creating a role',
    fields: (t) => ({ role: t.expose('role', roleField) }),
  },
});

mutation('updateRole', {
  description:
    'Updates a role. The permissions of its members and keys change immediately. Requires `role.manage` and every permission the role has and will have',
  permission: 'role.manage',
  argument: 'The changes to make',
  note: 'Omitted fields keep their value',
  input: (t) => ({
    id: t.id({ required: true, description: 'ID of the role: `role_…`' }),
    name: t.string({ description: 'Name of the role: 1 to 100 characters. Can’t be null' }),
    description: t.string({ description: 'Description of the role: up to 500 characters' }),
    permissions: t.field({
      type: ['Permission'],
      description: 'All permissions of the role, up to 100. Replaces the previous list. Can’t be null',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError, EscalationError],
  result: 'The updated role, or an error',
  resolve: async (ctx, input) => {
    const { result, propagation } = await updateRole(ctx, input);
    return { role: result, propagation };
  },
  payload: {
    description: 'Result of updating a role',
    fields: (t) => ({
      role: t.expose('role', roleField),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  },
});

mutation('deleteRole', {
  description:
    'Deletes a role. Fails if a member or a key that is not revoked has the role. Revoked keys lose the role. Requires `role.manage`',
  permission: 'role.manage',
  argument: 'The role to delete',
  input: (t) => ({ id: t.id({ required: true, description: 'ID of the role: `role_…`' }) }),
  errors: [NotFoundError, ConflictError],
  result: 'The ID of the deleted role, or an error',
  resolve: async (ctx, input) => ({ deletedId: (await deleteRole(ctx, input)).result }),
  payload: {
    description: 'Result of deleting a role',
    fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'ID of the deleted role' }) }),
  },
});
