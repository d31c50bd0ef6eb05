import type { ReactNode } from 'react';
import { FormSection } from '../../../design/patterns/form-section.tsx';
import { TextField } from '../../../design/primitives/field.tsx';
import { ExpiryField } from './expiry-field.tsx';
import type { FieldsProps } from './fields.ts';
import { TEXTS } from './texts.ts';

/** What every key needs: its name and its expiry. `children` are shown between them. */
export function EssentialsFields({
  draft,
  fault,
  change,
  expiresAt,
  children,
}: FieldsProps & {
  /** Its current expiry. Omitted: none, or the key doesn't exist yet. */
  readonly expiresAt?: string | null | undefined;
  readonly children: ReactNode;
}) {
  return (
    <FormSection title={TEXTS.essentials.title} description={TEXTS.essentials.description}>
      <TextField
        label="Name"
        hint="For example “Terraform CI” or “Billing, production”"
        error={fault?.at('name')}
        value={draft.name}
        onChange={(name) => change({ name })}
      />
      {children}
      <ExpiryField
        value={draft.expiresAt}
        present={expiresAt}
        error={fault?.at('expiresAt')}
        onChange={(chosen) => change({ expiresAt: chosen })}
      />
    </FormSection>
  );
}
