import type { Fault } from '../../../api/fault.ts';
import { EMPTY_DRAFT, type KeyDraft } from './key-draft.ts';

/** Props of each part of the form. */
export interface FieldsProps {
  readonly draft: KeyDraft;
  readonly fault: Fault | null;
  change(changes: Partial<KeyDraft>): void;
}

/** Input fields that show their own errors. */
export const SHOWN_FIELDS = Object.keys(EMPTY_DRAFT);

/** Errors of the submitted input by field, except for fields edited since. */
export function faultOfDraft(fault: Fault | null, sent: KeyDraft, draft: KeyDraft): Fault | null {
  if (!fault) return null;
  const isSame = (field: string) => {
    const name = field as keyof KeyDraft;
    return JSON.stringify(sent[name]) === JSON.stringify(draft[name]);
  };
  // The permission fields show these.
  const isEscalation = fault.code === 'ESCALATION';
  if (isEscalation && !(isSame('roleId') && isSame('grants') && isSame('teamIds'))) return null;
  const missingField = fieldNaming(fault.missing, sent);
  return {
    ...fault,
    at: (field) => (isSame(field) ? (field === missingField ? fault.message : fault.at(field)) : null),
    besides: (fields) => (isEscalation || missingField ? [] : fault.besides(fields)),
  };
}

/** The field that refers to a deleted object. */
function fieldNaming(missing: string | null, { roleId, teamIds }: KeyDraft): keyof KeyDraft | null {
  if (missing === null) return null;
  if (missing === roleId) return 'roleId';
  return teamIds.includes(missing) ? 'teamIds' : null;
}
