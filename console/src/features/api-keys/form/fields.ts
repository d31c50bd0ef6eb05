import type { Fault } from '../../../api/fault.ts';
import { EMPTY_DRAFT, type KeyDraft } from './key-draft.ts';

/** What each part of the form is handed. */
export interface FieldsProps {
  readonly draft: KeyDraft;
  readonly fault: Fault | null;
  change(changes: Partial<KeyDraft>): void;
}

/** Fields of the input that show their own complaints. */
export const SHOWN_FIELDS = Object.keys(EMPTY_DRAFT);

/** The fault of what was sent at its fields, without what was said about fields that have been changed since. */
export function faultOfDraft(fault: Fault | null, sent: KeyDraft, draft: KeyDraft): Fault | null {
  if (!fault) return null;
  const isSame = (field: string) => {
    const name = field as keyof KeyDraft;
    return JSON.stringify(sent[name]) === JSON.stringify(draft[name]);
  };
  // Said by the fields of the rights.
  const isEscalation = fault.code === 'ESCALATION';
  if (isEscalation && !(isSame('roleId') && isSame('grants') && isSame('teamIds'))) return null;
  const missingField = fieldNaming(fault.missing, sent);
  return {
    ...fault,
    at: (field) => (isSame(field) ? (field === missingField ? fault.message : fault.at(field)) : null),
    besides: (fields) => (isEscalation || missingField ? [] : fault.besides(fields)),
  };
}

/** The field that named what there is no more. */
function fieldNaming(missing: string | null, { roleId, teamIds }: KeyDraft): keyof KeyDraft | null {
  if (missing === null) return null;
  if (missing === roleId) return 'roleId';
  return teamIds.includes(missing) ? 'teamIds' : null;
}
