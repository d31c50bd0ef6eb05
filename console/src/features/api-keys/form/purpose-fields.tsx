import type { ReactNode } from 'react';
import { Field } from '../../../components/field.tsx';
import { Input, TextArea } from '../../../components/input.tsx';
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
      <Field
        label="Name"
        hint="For example “Terraform CI” or “Billing, production”"
        error={fault?.at('name')}
      >
        {(props) => (
          <Input
            {...props}
            autoComplete="off"
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      {children}
      <Field label="Description" optional error={fault?.at('description')}>
        {(props) => (
          <TextArea
            {...props}
            rows={2}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="External id"
        optional
        hint="Who it belongs to in your own system; gateways get it with every request"
        error={fault?.at('externalId')}
      >
        {(props) => (
          <Input
            {...props}
            autoComplete="off"
            placeholder="customer_4711"
            value={draft.externalId}
            onChange={(event) => change({ externalId: event.target.value })}
          />
        )}
      </Field>
      <MetadataField draft={draft} fault={fault} change={change} />
    </>
  );
}
