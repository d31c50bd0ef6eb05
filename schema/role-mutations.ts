import type { Propagation } from '../src/cluster/bus.ts';
import { ConflictError, EscalationError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { createRole } from '../src/roles/create-role.ts';
import { deleteRole } from '../src/roles/delete-role.ts';
import type { Role } from '../src/roles/role.ts';
import { updateRole } from '../src/roles/update-role.ts';
import { builder } from './builder.ts';
import { ORGANIZATION_LEFT_OUT } from './organization-left-out.ts';
import { PROPAGATION_SHOWN } from './propagation.ts';
import { RoleRef } from './refs.ts';

const CreateRoleInput = builder.inputType('CreateRoleInput', {
  description: 'A new role',
  fields: (t) => ({
    organizationId: t.id({
      description: ORGANIZATION_LEFT_OUT,
    }),
    name: t.string({
      required: true,
      description:
        '1 to 100 characters, none of them invisible, unique in the organization; must not look like a system role’s name',
    }),
    description: t.string({ description: 'What the role is for: up to 500 characters' }),
    permissions: t.field({
      type: ['Permission'],
      required: true,
      description: 'What its holders may do, up to 100; you must hold each yourself',
    }),
  }),
});

const UpdateRoleInput = builder.inputType('UpdateRoleInput', {
  description: 'Changes of a role; what is left out stays',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The role' }),
    name: t.string({ description: '1 to 100 characters; can’t be null' }),
    description: t.string({ description: 'Up to 500 characters' }),
    permissions: t.field({
      type: ['Permission'],
      description: 'All that its holders may do, up to 100; can’t be null',
    }),
  }),
});

const DeleteRoleInput = builder.inputType('DeleteRoleInput', {
  description: 'The end of a role',
  fields: (t) => ({ id: t.id({ required: true, description: 'The role' }) }),
});

const CreateRolePayload = builder.objectRef<{ role: Role }>('CreateRolePayload').implement({
  description: 'The role was made',
  fields: (t) => ({ role: t.expose('role', { type: RoleRef, description: 'The role as it is now' }) }),
});

const UpdateRolePayload = builder
  .objectRef<{ role: Role; propagation: Propagation }>('UpdateRolePayload')
  .implement({
    description: 'The role was changed, and so were the permissions of its keys',
    fields: (t) => ({
      role: t.expose('role', { type: RoleRef, description: 'The role as it is now' }),
      propagation: t.expose('propagation', PROPAGATION_SHOWN),
    }),
  });

const DeleteRolePayload = builder.objectRef<{ deletedId: string }>('DeleteRolePayload').implement({
  description: 'The role was deleted',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id that it had' }) }),
});

builder.mutationFields((t) => ({
  createRole: t.field({
    type: CreateRolePayload,
    nullable: true,
    description: 'Makes a role. Needs `role.manage`, and everything that the role will hold',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'CreateRoleResult', description: 'The new role, or why there is none' },
    },
    args: { input: t.arg({ type: CreateRoleInput, required: true, description: 'What to make' }) },
    resolve: async (_root, { input }, ctx) => ({ role: (await createRole(ctx, input)).result }),
  }),
  updateRole: t.field({
    type: UpdateRolePayload,
    nullable: true,
    description:
      'Changes a role, and with it what its members and keys may do, at once. Needs `role.manage`, and everything that the role holds and will hold',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError, EscalationError],
      union: { name: 'UpdateRoleResult', description: 'The role, or why it stayed as it was' },
    },
    args: { input: t.arg({ type: UpdateRoleInput, required: true, description: 'What to change' }) },
    resolve: async (_root, { input }, ctx) => {
      const { result, propagation } = await updateRole(ctx, input);
      return { role: result, propagation };
    },
  }),
  deleteRole: t.field({
    type: DeleteRolePayload,
    nullable: true,
    description:
      'Deletes a role that no member and no unrevoked key has. Revoked keys show no role afterwards. Needs `role.manage`',
    authScopes: { permission: 'role.manage' },
    errors: {
      types: [NotFoundError, ConflictError],
      union: { name: 'DeleteRoleResult', description: 'The id of the role, or why it stayed' },
    },
    args: { input: t.arg({ type: DeleteRoleInput, required: true, description: 'What to delete' }) },
    resolve: async (_root, { input }, ctx) => ({ deletedId: (await deleteRole(ctx, input)).result }),
  }),
}));
