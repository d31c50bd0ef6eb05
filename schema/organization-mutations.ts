import { ConflictError, NotFoundError, ValidationError } from '../src/core/errors.ts';
import { createOrganization } from '../src/organizations/create-organization.ts';
import type { Organization } from '../src/organizations/organization.ts';
import { updateOrganization } from '../src/organizations/update-organization.ts';
import { builder } from './builder.ts';
import { OrganizationRef } from './refs.ts';

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'Input of `createOrganization`',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of the organization: 1 to 100 characters' }),
    slug: t.string({
      description: 'Slug: up to 50 characters of a-z, 0-9 and -. Omit to derive it from the name',
    }),
    keyPrefix: t.string({
      description:
        'First part of the organization’s keys: at most 16 characters of a-z, 0-9 and single _. Omit for the server’s default',
    }),
  }),
});

const RotationPolicyInput = builder.inputType('RotationPolicyInput', {
  description: 'Rotation interval of API keys. Omitted fields keep their value',
  fields: (t) => ({
    liveDays: t.int({ description: 'Days between rotations of live keys: 1 to 3,650. Null for no rotation' }),
    testDays: t.int({ description: 'Days between rotations of test keys: 1 to 3,650. Null for no rotation' }),
  }),
});

const PermissionDefinitionInput = builder.inputType('PermissionDefinitionInput', {
  description: 'A custom permission of an organization',
  fields: (t) => ({
    name: t.field({
      type: 'Permission',
      required: true,
      description: 'Name of the permission, without a wildcard',
    }),
    description: t.string({ description: 'What the permission allows: at most 500 characters' }),
  }),
});

const UpdateOrganizationInput = builder.inputType('UpdateOrganizationInput', {
  description: 'Input of `updateOrganization`. Omitted fields keep their value',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the organization: `org_…`' }),
    name: t.string({ description: 'Name of the organization: 1 to 100 characters' }),
    keyPrefix: t.string({ description: 'First part of new keys. Existing keys are still accepted' }),
    rotationPolicy: t.field({ type: RotationPolicyInput, description: 'Rotation interval of API keys' }),
    permissionCatalog: t.field({
      type: [PermissionDefinitionInput],
      description:
        'All custom permissions of the organization. Replaces the previous list; built-in permissions are kept',
    }),
    allowedOrigins: t.stringList({
      description:
        'All web origins whose pages may call the API with an explicit credential of the organization: at most 50, each `scheme://host` or `scheme://host:port`. Replaces the previous list',
    }),
  }),
});

function payload(name: string, description: string) {
  return builder.objectRef<{ organization: Organization }>(name).implement({
    description,
    fields: (t) => ({
      organization: t.expose('organization', {
        type: OrganizationRef,
        description: 'The organization',
      }),
    }),
  });
}

const CreateOrganizationPayload = payload('CreateOrganizationPayload', 'Result of creating an organization');
const UpdateOrganizationPayload = payload('UpdateOrganizationPayload', 'Result of updating an organization');

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    nullable: true,
    description: 'Creates an organization with the roles owner, admin and member. Requires an operator token',
    authScopes: { authenticated: true },
    errors: {
      types: [ValidationError, ConflictError],
      union: { name: 'CreateOrganizationResult', description: 'The new organization, or an error' },
    },
    args: {
      input: t.arg({
        type: CreateOrganizationInput,
        required: true,
        description: 'The organization to create',
      }),
    },
    resolve: async (_root, { input }, ctx) => ({
      organization: (await createOrganization(ctx, input)).result,
    }),
  }),
  updateOrganization: t.field({
    type: UpdateOrganizationPayload,
    nullable: true,
    description: 'Updates an organization. Requires `organization.manage`',
    authScopes: { permission: 'organization.manage' },
    errors: {
      types: [ValidationError, NotFoundError, ConflictError],
      union: {
        name: 'UpdateOrganizationResult',
        description: 'The updated organization, or an error',
      },
    },
    args: {
      input: t.arg({ type: UpdateOrganizationInput, required: true, description: 'The changes to make' }),
    },
    resolve: async (_root, { input }, ctx) => ({
      organization: (await updateOrganization(ctx, input)).result,
    }),
  }),
}));
