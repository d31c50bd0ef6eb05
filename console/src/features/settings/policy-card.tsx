import { useState } from 'react';
import { useSubmit } from '../../api/use-submit.ts';
import { Card } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { FormFault, TextField } from '../../design/primitives/field.tsx';
import {
  type SettingsFactsFragment,
  UpdateOrganizationDocument,
  type UpdateOrganizationInput,
} from '../../generated/graphql.ts';
import { useSession } from '../../viewer/session.tsx';

/** The form's values. Days as typed; empty: no rotation. */
interface Policy {
  readonly name: string;
  readonly keyPrefix: string;
  readonly liveDays: string;
  readonly testDays: string;
}

const FIELDS = ['name', 'keyPrefix', 'rotationPolicy.liveDays', 'rotationPolicy.testDays'];

/** The organization's name, key prefix and rotation intervals. */
export function PolicyCard({ organization }: { readonly organization: SettingsFactsFragment }) {
  const toast = useToast();
  const { refresh } = useSession();
  const { submit, busy, fault } = useSubmit(UpdateOrganizationDocument, (data) => data.updateOrganization);
  const before = policyOf(organization);
  const [policy, setPolicy] = useState(before);
  const changes = changesOf(before, policy);
  const save = async () => {
    const done = await submit({ input: { id: organization.id, ...changes } });
    if (!done) return;
    setPolicy(policyOf(done.organization));
    toast({ tone: 'good', text: 'Settings saved' });
    // The navigation shows the name, too.
    if (changes.name !== undefined) await refresh();
  };
  const change = (field: keyof Policy) => (text: string) => setPolicy({ ...policy, [field]: text });
  return (
    <Card title="Name and policies">
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label="Name"
          error={fault?.at('name')}
          maxLength={100}
          value={policy.name}
          onChange={change('name')}
        />
        <TextField
          label="Key prefix"
          error={fault?.at('keyPrefix')}
          hint={`New keys start with ${policy.keyPrefix || 'kw'}_live_ or ${policy.keyPrefix || 'kw'}_test_. Existing keys stay valid.`}
          maxLength={16}
          value={policy.keyPrefix}
          onChange={change('keyPrefix')}
          className="max-w-60 font-mono"
        />
        <fieldset>
          <legend className="mb-2 font-medium">Rotation interval (days)</legend>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Live keys"
              error={fault?.at('rotationPolicy.liveDays')}
              hint="Leave empty for no rotation"
              inputMode="numeric"
              value={policy.liveDays}
              onChange={change('liveDays')}
            />
            <TextField
              label="Test keys"
              error={fault?.at('rotationPolicy.testDays')}
              hint="Leave empty for no rotation"
              inputMode="numeric"
              value={policy.testDays}
              onChange={change('testDays')}
            />
          </div>
        </fieldset>
        <FormFault fault={fault} fields={FIELDS} />
        <div className="flex justify-end">
          <Button type="submit" look="primary" busy={busy} disabled={Object.keys(changes).length === 0}>
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
}

function policyOf({ name, keyPrefix, rotationPolicy }: SettingsFactsFragment): Policy {
  const text = (days: number | null | undefined) => days?.toString() ?? '';
  return {
    name,
    keyPrefix,
    liveDays: text(rotationPolicy?.liveDays),
    testDays: text(rotationPolicy?.testDays),
  };
}

function changesOf(before: Policy, after: Policy): Omit<UpdateOrganizationInput, 'id'> {
  const isChanged = (field: keyof Policy) => before[field] !== after[field];
  const rotationPolicy = {
    ...(isChanged('liveDays') && { liveDays: daysOf(after.liveDays) }),
    ...(isChanged('testDays') && { testDays: daysOf(after.testDays) }),
  };
  return {
    ...(isChanged('name') && { name: after.name }),
    ...(isChanged('keyPrefix') && { keyPrefix: after.keyPrefix }),
    ...(Object.keys(rotationPolicy).length > 0 && { rotationPolicy }),
  };
}

/** Non-integers are sent as a value that the server rejects with a reason. */
function daysOf(text: string): number | null {
  if (text.trim() === '') return null;
  const days = Number(text);
  return Number.isInteger(days) && Math.abs(days) < 2 ** 31 ? days : 0;
}
