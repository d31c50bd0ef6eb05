import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { createOrganization } from '../src/organizations/create-organization.ts';
import type { Organization } from '../src/organizations/organization.ts';
import { updateOrganization } from '../src/organizations/update-organization.ts';
import { builder } from './builder.ts';
import { OrganizationRef } from './refs.ts';

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'A new organization',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 100 characters' }),
    slug: t.string({ description: 'Up to 50 of a-z, 0-9 and -; left out: made from the name' }),
    keyPrefix: t.string({
      description:
        'First part of its keys, at most 16 characters of a-z, 0-9 and single _; left out: the server’s',
    }),
  }),
});

const RotationPolicyInput = builder.inputType('RotationPolicyInput', {
  description: 'After how many days a key should get a new secret; what is left out stays',
  fields: (t) => ({
    liveDays: t.int({ description: 'Live keys, 1 to 3,650; null: no rotation asked for' }),
    testDays: t.int({ description: 'Test keys, 1 to 3,650; null: no rotation asked for' }),
  }),
});

const PermissionDefinitionInput = builder.inputType('PermissionDefinitionInput', {
  description: 'A permission of the organization’s own',
  fields: (t) => ({
    name: t.field({ type: 'Permission', required: true, description: 'Its name, without a wildcard' }),
    description: t.string({ description: 'What it lets its holder do, at most 500 characters' }),
  }),
});

const UpdateOrganizationInput = builder.inputType('UpdateOrganizationInput', {
  description: 'Changes of an organization; what is left out stays',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The organization' }),
    name: t.string({ description: '1 to 100 characters' }),
    keyPrefix: t.string({ description: 'For keys made from now on; older keys go on being accepted' }),
    rotationPolicy: t.field({ type: RotationPolicyInput, description: 'When keys should get a new secret' }),
    permissionCatalog: t.field({
      type: [PermissionDefinitionInput],
      description: 'All of the organization’s own permissions; the built-in ones stay',
    }),
  }),
});

function payload(name: string, description: string) {
  return builder.objectRef<{ organization: Organization }>(name).implement({
    description,
    fields: (t) => ({
      organization: t.expose('organization', {
        type: OrganizationRef,
        description: 'The organization as it is now',
      }),
    }),
  });
}

const CreateOrganizationPayload = payload('CreateOrganizationPayload', 'The organization was made');
const UpdateOrganizationPayload = payload('UpdateOrganizationPayload', 'The organization was changed');

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    nullable: true,
    description: 'Makes an organization with the roles owner, admin and member. Needs an operator token',
    authScopes: { authenticated: true },
    errors: {
      types: [ValidationError, ConflictError],
      union: { name: 'CreateOrganizationResult', description: 'The new organization, or why there is none' },
    },
    args: { input: t.arg({ type: CreateOrganizationInput, required: true, description: 'What to make' }) },
    resolve: async (_root, { input }, ctx) => ({
      organization: (await createOrganization(ctx, input)).result,
    }),
  }),
  updateOrganization: t.field({
    type: UpdateOrganizationPayload,
    nullable: true,
    description: 'Changes an organization. Needs `organization.manage`',
    authScopes: { permission: 'organization.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: {
        name: 'UpdateOrganizationResult',
        description: 'The organization, or why it stayed as it was',
      },
    },
    args: { input: t.arg({ type: UpdateOrganizationInput, required: true, description: 'What to change' }) },
    resolve: async (_root, { input }, ctx) => ({
      organization: (await updateOrganization(ctx, input)).result,
    }),
  }),
}));
