import type { Propagation } from '../src/cluster/bus.ts';
import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { createRole } from '../src/roles/create-role.ts';
import { deleteRole } from '../src/roles/delete-role.ts';
import type { Role } from '../src/roles/role.ts';
import { updateRole } from '../src/roles/update-role.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_ID } from './missing-organization.ts';
import { PROPAGATION_FIELD } from './propagation.ts';
import { RoleRef } from './refs.ts';

const CreateRoleInput = builder.inputType('CreateRoleInput', {
  description: 'Input of `createRole`',
  fields: (t) => ({
    organizationId: t.id({
      description: ORGANIZATION_ID,
    }),
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
});

const UpdateRoleInput = builder.inputType('UpdateRoleInput', {
  description: 'Input of `updateRole`. Omitted fields keep their value',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the role: `role_…`' }),
    name: t.string({ description: 'Name of the role: 1 to 100 characters. Can’t be null' }),
    description: t.string({ description: 'Description of the role: up to 500 characters' }),
    permissions: t.field({
      type: ['Permission'],
      description: 'All permissions of the role, up to 100. Replaces the previous list. Can’t be null',
    }),
  }),
});

const DeleteRoleInput = builder.inputType('DeleteRoleInput', {
  description: 'Input of `deleteRole`',
  fields: (t) => ({ id: t.id({ required: true, description: 'ID of the role: `role_…`' }) }),
});

const CreateRolePayload = builder.objectRef<{ role: Role }>('CreateRolePayload').implement({
  description: 'Result of creating a role',
  fields: (t) => ({ role: t.expose('role', { type: RoleRef, description: 'The role' }) }),
});

const UpdateRolePayload = builder
  .objectRef<{ role: Role; propagation: Propagation }>('UpdateRolePayload')
  .implement({
    description: 'Result of updating a role',
    fields: (t) => ({
      role: t.expose('role', { type: RoleRef, description: 'The role' }),
      propagation: t.expose('propagation', PROPAGATION_FIELD),
    }),
  });

const DeleteRolePayload = builder.objectRef<{ deletedId: string }>('DeleteRolePayload').implement({
  description: 'Result of deleting a role',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'ID of the deleted role' }) }),
});

builder.mutationFields((t) => ({
  createRole: t.field({
    type: CreateRolePayload,
    nullable: true,
    description: 'Creates a role. Requires `role.manage` and every permission the role will have',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'CreateRoleResult', description: 'The new role, or an error' },
    },
    args: { input: t.arg({ type: CreateRoleInput, required: true, description: 'The role to create' }) },
    resolve: async (_root, { input }, ctx) => ({ role: (await createRole(ctx, input)).result }),
  }),
  updateRole: t.field({
    type: UpdateRolePayload,
    nullable: true,
    description:
      'Updates a role. The permissions of its members and keys change immediately. Requires `role.manage` and every permission the role has and will have',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'UpdateRoleResult', description: 'The updated role, or an error' },
    },
    args: { input: t.arg({ type: UpdateRoleInput, required: true, description: 'The changes to make' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await updateRole(ctx, input);
      return { role: result, propagation };
    },
  }),
  deleteRole: t.field({
    type: DeleteRolePayload,
    nullable: true,
    description:
      'Deletes a role. Fails if a member or a key that is not revoked has the role. Revoked keys lose the role. Requires `role.manage`',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'DeleteRoleResult', description: 'The ID of the deleted role, or an error' },
    },
    args: { input: t.arg({ type: DeleteRoleInput, required: true, description: 'The role to delete' }) },
    resolve: async (_root, { input }, ctx) => ({ deletedId: (await deleteRole(ctx, input)).result }),
  }),
}));
