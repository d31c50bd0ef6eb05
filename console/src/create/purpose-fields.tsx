import { Field } from '../components/field.tsx';
import { Input, TextArea } from '../components/input.tsx';
import { EnvironmentField } from './environment-field.tsx';
import type { FieldsProps } from './fields.ts';

/** What a new key is for. */
export function PurposeFields({ draft, fault, change }: FieldsProps) {
  return (
    <>
      <Field
        label="Name"
        hint="What it is for, so that it is known again years later: “Terraform CI”, “Billing, production”"
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
      <EnvironmentField value={draft.environment} onChange={(environment) => change({ environment })} />
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
    </>
  );
}
