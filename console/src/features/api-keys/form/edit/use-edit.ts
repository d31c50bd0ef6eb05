import { useCallback, useMemo, useState } from 'react';
import { differingFields, draftOf, type EditDraft, type EditedKey, type EditField } from './edit-draft.ts';

/** A key in the form: what the viewer touched lies over the key as it is now, whoever changes it meanwhile. */
export interface Edit {
  readonly present: EditDraft;
  readonly draft: EditDraft;
  /** What saving would change. */
  readonly changed: readonly EditField[];
  /** What others have changed since the viewer last said to know. */
  readonly meanwhile: readonly EditField[];
  change(changes: Partial<EditDraft>): void;
  /** Has a field be as the key has it. */
  undo(field: EditField): void;
  /** The viewer knows what others have changed. */
  acknowledge(): void;
}

/** Begins an edit of a key that stays live. */
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
