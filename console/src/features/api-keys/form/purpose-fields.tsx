import type { ReactNode } from 'react';
import { TextAreaField, TextField } from '../../../design/primitives/field.tsx';
import type { FieldsProps } from './fields.ts';
import { MetadataField } from './metadata-field.tsx';

/** Name, description and environment of a key. `children` are shown below the name. */
export function PurposeFields({
  draft,
  fault,
  change,
  children,
}: FieldsProps & { readonly children?: ReactNode }) {
  return (
    <>
      <TextField
        label="Name"
        hint="For example “Terraform CI” or “Billing, production”"
        error={fault?.at('name')}
        value={draft.name}
        onChange={(name) => change({ name })}
      />
      {children}
      <TextAreaField
        label="Description"
        optional
        error={fault?.at('description')}
        rows={2}
        value={draft.description}
        onChange={(description) => change({ description })}
      />
      <TextField
        label="External ID"
        optional
        hint="ID of the key’s owner in your own system. Gateways receive it with every request."
        error={fault?.at('externalId')}
        placeholder="customer_4711"
        value={draft.externalId}
        onChange={(externalId) => change({ externalId })}
      />
      <MetadataField draft={draft} fault={fault} change={change} />
    </>
  );
}
