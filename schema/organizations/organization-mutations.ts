import { ConflictError, NotFoundError, ValidationError } from '../../src/core/errors.ts';
import { createOrganization } from '../../src/organizations/create-organization.ts';
import { updateOrganization } from '../../src/organizations/update-organization.ts';
import { builder } from '../builder.ts';
import { IDEMPOTENCY_KEY } from '../idempotency-key.ts';
import { mutation } from '../mutation.ts';
import { OrganizationRef } from '../refs.ts';

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

const organizationField = { type: OrganizationRef, description: 'The organization' } as const;

mutation('createOrganization', {
  description: 'Creates an organization with the roles owner, admin and member. Requires an operator token',
  argument: 'The organization to create',
  input: (t) => ({
    name: t.string({ required: true, description: 'Name of the organization: 1 to 100 characters' }),
    slug: t.string({
      description: 'Slug: up to 50 characters of a-z, 0-9 and -. Omit to derive it from the name',
    }),
    keyPrefix: t.string({
      description:
        'First part of the organization’s keys: at most 16 characters of a-z, 0-9 and single _. Omit for the server’s default',
    }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
  errors: [ValidationError, ConflictError],
  result: 'The new organization, or an error',
  resolve: async (ctx, input) => ({ organization: (await createOrganization(ctx, input)).result }),
  payload: {
    description: 'Result of creating an organization',
    fields: (t) => ({ organization: t.expose('organization', organizationField) }),
  },
});

mutation('updateOrganization', {
  description: 'Updates an organization. Requires `organization.manage`',
  permission: 'organization.manage',
  argument: 'The changes to make',
  note: 'Omitted fields keep their value',
  input: (t) => ({
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
    maxActiveApiKeys: t.int({
      description:
        'Maximum number of active API keys: 0 to 2,147,483,647. Null for no limit. Existing keys above the limit stay active. Requires an operator token',
    }),
  }),
  errors: [ValidationError, NotFoundError, ConflictError],
  result: 'The updated organization, or an error',
  resolve: async (ctx, input) => ({ organization: (await updateOrganization(ctx, input)).result }),
  payload: {
    description: 'Result of updating an organization',
    fields: (t) => ({ organization: t.expose('organization', organizationField) }),
  },
});
