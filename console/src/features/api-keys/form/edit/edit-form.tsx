import { useState } from 'react';
import { useLocation } from 'wouter';
import { now } from '../../../../api/clock.ts';
import { useSubmit } from '../../../../api/use-submit.ts';
import { FormSection } from '../../../../design/patterns/form-section.tsx';
import { LongForm } from '../../../../design/patterns/long-form.tsx';
import { useToast } from '../../../../design/patterns/toasts.tsx';
import { ButtonLink } from '../../../../design/primitives/button.tsx';
import { Choice } from '../../../../design/primitives/field.tsx';
import { UpdateKeyDocument } from '../../../../generated/graphql.ts';
import { useOffline } from '../../../../viewer/organization.tsx';
import { AdvancedFields } from '../advanced-fields.tsx';
import { EssentialsFields } from '../essentials-fields.tsx';
import { type FieldsProps, faultOfDraft, faultWithProblems, isFaulty, SHOWN_FIELDS } from '../fields.ts';
import { RightsFields } from '../rights-fields.tsx';
import { TEXTS } from '../texts.ts';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { type EditedKey, type EditField, FIELD_NAMES, updateOf } from './edit-draft.ts';
import { SaveImpact } from './save-impact.tsx';
import { useEdit } from './use-edit.ts';

/** The editable properties of a key. Sends only those that changed. */
export function EditForm({ apiKey }: { readonly apiKey: EditedKey }) {
  const edit = useEdit(apiKey);
  const { draft, changed, change } = edit;
  const [sent, setSent] = useState(draft);
  const [isSaved, setSaved] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const [, navigate] = useLocation();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateKeyDocument, ({ updateApiKey }) => updateApiKey);
  const save = async (release: () => void) => {
    setChecked(true);
    if (changed.length === 0 || isFaulty(draft)) return;
    setSent(draft);
    setSaved(true);
    const saved = await submit({ input: { id: apiKey.id, ...updateOf(draft, changed, now()) } });
    setSaved(saved !== null);
    if (!saved) return;
    release();
    toast({ tone: 'good', text: `“${saved.apiKey.name}” saved` });
    navigate(`/keys/${apiKey.id}`, { replace: true });
  };
  const apiFault = faultOfDraft(fault, sent, draft);
  const fields: FieldsProps = {
    draft,
    fault: isChecked ? faultWithProblems(apiFault, draft) : apiFault,
    change,
  };
  return (
    <LongForm
      fault={fields.fault}
      fields={SHOWN_FIELDS}
      unsaved={changed.length > 0}
      summary={summaryOf(changed)}
      submit="Save"
      busy={busy}
      disabled={changed.length === 0}
      offline={useOffline()}
      cancel={<ButtonLink to={`/keys/${apiKey.id}`}>Cancel</ButtonLink>}
      aside={<SaveImpact apiKey={apiKey} edit={edit} />}
      onSubmit={(release) => void save(release)}
    >
      {/* One's own change is no news. */}
      {!isSaved && <ChangedMeanwhile keyId={apiKey.id} edit={edit} />}
      <EssentialsFields {...fields} expiresAt={apiKey.expiresAt}>
        <Choice
          label="Enabled"
          hint="A disabled key is denied everywhere until it is enabled again. Its secrets and history are kept."
          checked={draft.enabled}
          onChange={(enabled) => change({ enabled })}
        />
      </EssentialsFields>
      <FormSection {...TEXTS.permissions}>
        <RightsFields {...fields} role={apiKey.role} />
      </FormSection>
      <AdvancedFields {...fields} />
    </LongForm>
  );
}

function summaryOf(changed: readonly EditField[]): string {
  if (changed.length === 0) return 'No changes yet.';
  const names = changed.map((field) => FIELD_NAMES[field]);
  return `Changes ${new Intl.ListFormat('en').format(names)}, from the next request. Everything else stays as it is.`;
}
