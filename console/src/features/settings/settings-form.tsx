import { type ReactNode, useState } from 'react';
import { useSubmit } from '../../api/use-submit.ts';
import { LongForm } from '../../design/patterns/long-form.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button } from '../../design/primitives/button.tsx';
import { type SettingsFactsFragment, UpdateOrganizationDocument } from '../../generated/graphql.ts';
import { useOffline } from '../../viewer/organization.tsx';
import { useSession } from '../../viewer/session.tsx';
import { CatalogueFields } from './catalogue-fields.tsx';
import { GeneralFields, OriginsFields } from './general-fields.tsx';
import { changesOf, draftOf, type SettingsDraft, type SettingsProps } from './settings-draft.ts';
import { summaryOf } from './texts.ts';

const FIELDS = ['name', 'keyPrefix', 'rotationPolicy', 'permissionCatalog', 'allowedOrigins'];

/** The settings of the organization. Sends only those that changed. `children`: what is not saved with them. */
export function SettingsForm({
  organization,
  aside,
  children,
}: {
  readonly organization: SettingsFactsFragment;
  readonly aside: ReactNode;
  readonly children: ReactNode;
}) {
  const toast = useToast();
  const { refresh } = useSession();
  const { submit, busy, fault, clear } = useSubmit(
    UpdateOrganizationDocument,
    (data) => data.updateOrganization,
  );
  const present = draftOf(organization);
  // Only what the viewer has edited: the rest follows changes by others.
  const [edited, setEdited] = useState<Partial<SettingsDraft>>({});
  const draft = { ...present, ...edited };
  const changes = changesOf(present, draft);
  const isChanged = Object.keys(changes).length > 0;
  const save = async () => {
    if (!isChanged) return;
    if (!(await submit({ input: { id: organization.id, ...changes } }))) return;
    setEdited({});
    toast({ tone: 'good', text: 'Settings saved' });
    // The navigation shows the name, too.
    if (changes.name !== undefined) await refresh();
  };
  const discard = () => {
    setEdited({});
    clear();
  };
  const props: SettingsProps = {
    draft,
    at: (field) => fault?.at(field),
    change: (changed) => setEdited((before) => ({ ...before, ...changed })),
  };
  return (
    <LongForm
      fault={fault}
      fields={FIELDS}
      unsaved={isChanged}
      summary={summaryOf(FIELDS.filter((field) => field in changes))}
      submit="Save"
      busy={busy}
      disabled={!isChanged}
      offline={useOffline()}
      cancel={
        isChanged && (
          <Button
            onClick={({ currentTarget }) => {
              // The button disappears when pressed.
              currentTarget.form?.focus();
              discard();
            }}
          >
            Discard
          </Button>
        )
      }
      aside={aside}
      onSubmit={() => void save()}
    >
      <GeneralFields {...props} />
      <CatalogueFields {...props} />
      <OriginsFields {...props} />
      {children}
    </LongForm>
  );
}
