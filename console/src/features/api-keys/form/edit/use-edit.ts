import { useCallback, useMemo, useState } from 'react';
import { differingFields, draftOf, type EditDraft, type EditedKey, type EditField } from './edit-draft.ts';

/** A key in the form: the viewer's edits over the current key, which may change live. */
export interface Edit {
  readonly present: EditDraft;
  readonly draft: EditDraft;
  /** The viewer's unsaved changes. */
  readonly changed: readonly EditField[];
  /** Others' changes since the viewer last acknowledged them. */
  readonly meanwhile: readonly EditField[];
  change(changes: Partial<EditDraft>): void;
  /** Resets a field to the key's value. */
  undo(field: EditField): void;
  /** The viewer acknowledges others' changes. */
  acknowledge(): void;
}

/** Starts editing a key that stays live. */
export function useEdit(apiKey: EditedKey): Edit {
  const present = useMemo(() => draftOf(apiKey), [apiKey]);
  const [known, setKnown] = useState(present);
  const [touched, setTouched] = useState<Partial<EditDraft>>({});
  const draft = useMemo(() => ({ ...present, ...touched }), [present, touched]);
  return {
    present,
    draft,
    changed: useMemo(() => differingFields(present, draft), [present, draft]),
    meanwhile: useMemo(() => differingFields(known, present), [known, present]),
    change: useCallback((changes) => setTouched((before) => ({ ...before, ...changes })), []),
    undo: (field) => setTouched(({ [field]: _, ...others }) => others),
    acknowledge: () => setKnown(present),
  };
}
