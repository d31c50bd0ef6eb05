import { useState } from 'react';
import { generalFault } from '../../api/fault.ts';
import { Disclosure } from '../patterns/disclosure.tsx';
import { ErrorSummary } from '../patterns/error-summary.tsx';
import { FormSection } from '../patterns/form-section.tsx';
import { LongForm } from '../patterns/long-form.tsx';
import { Button } from '../primitives/button.tsx';
import { Choice, Field, FormFault, TextAreaField, TextField } from '../primitives/field.tsx';
import { Select } from '../primitives/input.tsx';

/** A long form: fields in all states, folded parts, the list of errors and the footer. */
export function Forms() {
  const [checked, setChecked] = useState(true);
  const ignore = () => {};
  return (
    <LongForm
      fault={null}
      fields={[]}
      unsaved={false}
      summary="What submitting the form does, in plain words."
      submit="Submit"
      busy={false}
      offline
      cancel={<Button>Cancel</Button>}
      onSubmit={ignore}
    >
      <ErrorSummary
        problems={[{ id: 'none', label: 'Slug', message: 'has to start with a letter' }]}
        messages={['The server is not responding.']}
      />
      <FormSection title="Fields" description="The purpose of the fields that belong together.">
        <TextField label="Name" hint="For example “Terraform CI”" defaultValue="Billing" onChange={ignore} />
        <TextField label="Description" optional placeholder="Placeholder" onChange={ignore} />
        <TextField label="Slug" error="Has to start with a letter" defaultValue="4711" onChange={ignore} />
        <TextField label="Disabled" disabled defaultValue="acme" onChange={ignore} />
        <TextAreaField label="Allowed IPs" optional hint="One per line" onChange={ignore} />
        <Field label="Role">
          {(props) => (
            <Select {...props} defaultValue="member">
              <option value="member">Member</option>
              <option value="admin">Admin</option>
            </Select>
          )}
        </Field>
        <Choice label="Enabled" hint="What happens if it isn’t" checked={checked} onChange={setChecked} />
        <Choice label="Disabled choice" checked disabled onChange={ignore} />
        <Disclosure title="A part of a section" summary="It has an error, so it is open">
          <TextField label="Prefix" error="has to start with a letter" defaultValue="4" onChange={ignore} />
        </Disclosure>
        <FormFault fault={generalFault('UNAVAILABLE', 'The server is not responding.')} />
      </FormSection>
      <Disclosure title="Advanced" summary="What most don’t need" look="card" note="1 set">
        <TextField label="Folded" onChange={ignore} />
      </Disclosure>
    </LongForm>
  );
}
