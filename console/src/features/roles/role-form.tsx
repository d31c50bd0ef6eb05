import type { ReactNode } from 'react';
import type { Fault } from '../../api/fault.ts';
import { Card } from '../../design/patterns/page.tsx';
import { Button, ButtonLink } from '../../design/primitives/button.tsx';
import { FormFault, TextAreaField, TextField } from '../../design/primitives/field.tsx';
import { PermissionPicker } from './permission-picker.tsx';

/** A role's properties in the form. */
export interface RoleText {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

/** The form of a role. Without `submit` it is read-only. */
export function RoleForm({
  text,
  onChange,
  fault,
  busy,
  submit,
  impact,
}: {
  readonly text: RoleText;
  onChange(text: RoleText): void;
  readonly fault: Fault | null;
  readonly busy: boolean;
  readonly submit: {
    readonly words: string;
    readonly disabled?: boolean;
    send(): Promise<void>;
  } | null;
  /** Shown next to the form, if any. */
  readonly impact?: ReactNode;
}) {
  const taken = fault?.code === 'CONFLICT' ? fault.message : null;
  const beyond = fault?.code === 'ESCALATION' ? fault.message : null;
  const permissions = fault?.at('permissions') ?? beyond;
  return (
    <form
      noValidate
      className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void submit?.send();
      }}
    >
      <div className="flex min-w-0 flex-col gap-6">
        {submit && (
          <Card>
            <div className="flex flex-col gap-5">
              <TextField
                label="Name"
                error={fault?.at('name') ?? taken}
                maxLength={100}
                value={text.name}
                onChange={(name) => onChange({ ...text, name })}
              />
              <TextAreaField
                label="Description"
                optional
                error={fault?.at('description')}
                rows={2}
                maxLength={500}
                value={text.description}
                onChange={(description) => onChange({ ...text, description })}
              />
            </div>
          </Card>
        )}
        <Card title="Permissions">
          {permissions && (
            <p role="alert" className="mb-4 rounded-lg bg-danger-soft px-3 py-2 text-danger">
              {permissions}
            </p>
          )}
          <PermissionPicker
            chosen={text.permissions}
            readOnly={submit === null}
            onChange={(chosen) => onChange({ ...text, permissions: chosen })}
          />
        </Card>
      </div>
      <div className="flex min-w-0 flex-col gap-4 xl:sticky xl:top-6">
        {impact}
        <FormFault fault={taken || beyond ? null : fault} fields={['name', 'description', 'permissions']} />
        {submit && (
          <div className="flex flex-wrap justify-end gap-2">
            <ButtonLink to="/roles">Cancel</ButtonLink>
            <Button
              type="submit"
              look="primary"
              busy={busy}
              disabled={(submit.disabled ?? false) || text.name.trim() === ''}
            >
              {submit.words}
            </Button>
          </div>
        )}
      </div>
    </form>
  );
}
