import { FormSection } from '../../design/patterns/form-section.tsx';
import { TextAreaField, TextField } from '../../design/primitives/field.tsx';
import { originsOf, type SettingsProps } from './settings-draft.ts';
import { TEXTS } from './texts.ts';

/** The organization's name, key prefix and rotation intervals. */
export function GeneralFields({ draft, at, change }: SettingsProps) {
  const prefix = draft.keyPrefix || 'kw';
  return (
    <>
      <FormSection {...TEXTS.general}>
        <TextField
          label="Name"
          error={at('name')}
          maxLength={100}
          value={draft.name}
          onChange={(name) => change({ name })}
        />
        <TextField
          label="Key prefix"
          error={at('keyPrefix')}
          hint={`New keys start with ${prefix}_live_ or ${prefix}_test_. Existing keys stay valid.`}
          maxLength={16}
          value={draft.keyPrefix}
          onChange={(keyPrefix) => change({ keyPrefix })}
          className="max-w-60 font-mono"
        />
      </FormSection>
      <FormSection {...TEXTS.rotation}>
        <fieldset className="min-w-0">
          <legend className="mb-2 font-medium">Rotation interval (days)</legend>
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label="Live keys"
              error={at('rotationPolicy.liveDays')}
              hint="Leave empty for no rotation"
              inputMode="numeric"
              value={draft.liveDays}
              onChange={(liveDays) => change({ liveDays })}
            />
            <TextField
              label="Test keys"
              error={at('rotationPolicy.testDays')}
              hint="Leave empty for no rotation"
              inputMode="numeric"
              value={draft.testDays}
              onChange={(testDays) => change({ testDays })}
            />
          </div>
        </fieldset>
      </FormSection>
    </>
  );
}

/** The web origins whose pages may call the API with the organization's keys. */
export function OriginsFields({ draft, at, change }: SettingsProps) {
  const given = originsOf(draft);
  const wrong = given.findIndex((_, index) => at(`allowedOrigins.${index}`));
  return (
    <FormSection title={TEXTS.origins.title} description={TEXTS.origins.description}>
      <TextAreaField
        label="Origins"
        error={wrong < 0 ? at('allowedOrigins') : `${given[wrong]}: ${at(`allowedOrigins.${wrong}`)}`}
        hint={TEXTS.origins.hint}
        value={draft.origins}
        onChange={(origins) => change({ origins })}
        spellCheck={false}
        autoComplete="off"
        className="font-mono"
      />
    </FormSection>
  );
}
