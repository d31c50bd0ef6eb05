import { useState } from 'react';
import { generalFault } from '../../api/fault.ts';
import { FormSection } from '../patterns/form-section.tsx';
import { Choice, Field, FormFault, TextAreaField, TextField } from '../primitives/field.tsx';
import { Select } from '../primitives/input.tsx';

/** Fields in all states. */
export function Forms() {
  const [checked, setChecked] = useState(true);
  const ignore = () => {};
  return (
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
      <FormFault fault={generalFault('UNAVAILABLE', 'The server is not responding.')} />
    </FormSection>
  );
}
