import { type FormEvent, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { now } from '../../../../api/clock.ts';
import { useSubmit } from '../../../../api/use-submit.ts';
import { FormSection } from '../../../../design/patterns/form-section.tsx';
import { useToast } from '../../../../design/patterns/toasts.tsx';
import { Button, ButtonLink } from '../../../../design/primitives/button.tsx';
import { Choice, FormFault } from '../../../../design/primitives/field.tsx';
import { UpdateKeyDocument } from '../../../../generated/graphql.ts';
import { BoundsFields } from '../bounds-fields.tsx';
import { useFaultFocus } from '../fault-focus.ts';
import { type FieldsProps, faultOfDraft, SHOWN_FIELDS } from '../fields.ts';
import { readMetadata } from '../metadata.ts';
import { PurposeFields } from '../purpose-fields.tsx';
import { RightsFields } from '../rights-fields.tsx';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { type EditedKey, updateOf } from './edit-draft.ts';
import { SaveImpact } from './save-impact.tsx';
import { useEdit } from './use-edit.ts';

/** The editable properties of a key. Sends only those that changed. */
export function EditForm({ apiKey }: { readonly apiKey: EditedKey }) {
  const edit = useEdit(apiKey);
  const { draft, changed, change } = edit;
  const [sent, setSent] = useState(draft);
  const [isSaved, setSaved] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [, navigate] = useLocation();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateKeyDocument, ({ updateApiKey }) => updateApiKey);
  const focusFault = useFaultFocus(form, fault);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (readMetadata(draft.metadata).fault) return focusFault();
    setSent(draft);
    setSaved(true);
    const saved = await submit({ input: { id: apiKey.id, ...updateOf(draft, changed, now()) } });
    setSaved(saved !== null);
    if (!saved) return;
    toast({ tone: 'good', text: `“${saved.apiKey.name}” saved` });
    navigate(`/keys/${apiKey.id}`, { replace: true });
  };
  const fields: FieldsProps = { draft, fault: faultOfDraft(fault, sent, draft), change };
  return (
    <form
      ref={form}
      tabIndex={-1}
      onSubmit={save}
      className="grid outline-none items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem] xl:gap-6"
    >
      <div className="flex min-w-0 flex-col gap-4">
        {/* One's own change is no news. */}
        {!isSaved && <ChangedMeanwhile keyId={apiKey.id} edit={edit} />}
        <FormSection
          title="Details"
          description="Name it after its purpose, so that others know what stops working when it is revoked."
        >
          <PurposeFields {...fields} />
        </FormSection>
        <FormSection title="Permissions" description="Grant only what the program needs.">
          <RightsFields {...fields} role={apiKey.role} />
        </FormSection>
        <FormSection title="Restrictions" description="Where, how often and how long the key is accepted.">
          <Choice
            label="Enabled"
            hint="A disabled key is denied everywhere until it is enabled again. Its secrets and history are kept."
            checked={draft.enabled}
            onChange={(enabled) => change({ enabled })}
          />
          <BoundsFields {...fields} expiresAt={apiKey.expiresAt} />
        </FormSection>
      </div>
      <div className="flex min-w-0 flex-col gap-4 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-12rem)]">
        <div className="min-h-0 xl:overflow-y-auto">
          <SaveImpact apiKey={apiKey} edit={edit} />
        </div>
        <FormFault fault={fields.fault} fields={SHOWN_FIELDS} />
        <div className="flex flex-wrap justify-end gap-2">
          <ButtonLink to={`/keys/${apiKey.id}`}>Cancel</ButtonLink>
          <Button type="submit" look="primary" busy={busy} disabled={changed.length === 0}>
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}
