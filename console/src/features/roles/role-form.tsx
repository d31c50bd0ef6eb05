import type { ReactNode } from 'react';
import type { Fault } from '../../api/fault.ts';
import { FormSection } from '../../design/patterns/form-section.tsx';
import { LongForm } from '../../design/patterns/long-form.tsx';
import { Card } from '../../design/patterns/page.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import { GroupError, TextAreaField, TextField } from '../../design/primitives/field.tsx';
import { useOffline } from '../../viewer/organization.tsx';
import { PermissionPicker } from './permission-picker.tsx';

/** A role's properties in the form. */
export interface RoleText {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
}

/** The form of a role. */
export function RoleForm({
  text,
  change,
  fault,
  busy,
  submit,
  summary,
  unsaved,
  impact,
  onSubmit,
}: {
  readonly text: RoleText;
  change(changes: Partial<RoleText>): void;
  readonly fault: Fault | null;
  readonly busy: boolean;
  /** The label of the submit button. */
  readonly submit: string;
  readonly summary: string;
  readonly unsaved: boolean;
  /** Shown next to the form, if any. */
  readonly impact?: ReactNode;
  onSubmit(saved: () => void): Promise<void>;
}) {
  const taken = fault?.code === 'CONFLICT' ? fault.message : null;
  const beyond = fault?.code === 'ESCALATION' ? `${fault.message}: ${fault.permissions.join(', ')}` : null;
  return (
    <LongForm
      // The fields show these.
      fault={taken || beyond ? null : fault}
      fields={['name', 'description', 'permissions']}
      unsaved={unsaved}
      summary={summary}
      submit={submit}
      busy={busy}
      offline={useOffline()}
      cancel={<ButtonLink to="/roles">Cancel</ButtonLink>}
      aside={impact}
      onSubmit={(saved) => void onSubmit(saved)}
    >
      <FormSection title="Essentials" description="The name says who the role is for.">
        <TextField
          label="Name"
          error={fault?.at('name') ?? taken}
          maxLength={100}
          value={text.name}
          onChange={(name) => change({ name })}
        />
        <TextAreaField
          label="Description"
          optional
          error={fault?.at('description')}
          rows={2}
          maxLength={500}
          value={text.description}
          onChange={(description) => change({ description })}
        />
      </FormSection>
      <FormSection title="Permissions" description="What members and keys with the role can do.">
        <fieldset className="min-w-0">
          <legend className="sr-only">Permissions</legend>
          <PermissionPicker
            chosen={text.permissions}
            readOnly={false}
            onChange={(permissions) => change({ permissions })}
          />
          <GroupError label="Permissions" text={fault?.at('permissions') ?? beyond} />
        </fieldset>
      </FormSection>
    </LongForm>
  );
}

/** A role that the viewer can't change. */
export function RolePermissions({
  permissions,
  reach,
}: {
  readonly permissions: readonly string[];
  /** Who has the role. */
  readonly reach: ReactNode;
}) {
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem] xl:gap-6">
      <Card title="Permissions">
        <PermissionPicker chosen={permissions} readOnly onChange={() => {}} />
      </Card>
      {reach}
    </div>
  );
}
