import { type Fault, generalFault } from '../../../api/fault.ts';
import { EMPTY_DRAFT, type KeyDraft, RATE_LIMIT_MAX } from './key-draft.ts';
import { readMetadata } from './metadata.ts';
import { PROBLEMS } from './texts.ts';

/** Props of each part of the form. */
export interface FieldsProps {
  readonly draft: KeyDraft;
  readonly fault: Fault | null;
  change(changes: Partial<KeyDraft>): void;
}

/** Input fields that show their own errors. */
export const SHOWN_FIELDS = Object.keys(EMPTY_DRAFT);

type Problems = Readonly<Partial<Record<keyof KeyDraft, string>>>;

/** What the form finds wrong by itself, by field: values that the API's types can't express. */
export function problemsOf({ metadata, rateLimit, expiresAt }: KeyDraft): Problems {
  const { fault } = readMetadata(metadata);
  const limit = rateLimit.limit.trim();
  const isLimit = /^\d{1,10}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= RATE_LIMIT_MAX;
  const isTime = expiresAt.kind !== 'time' || !Number.isNaN(Date.parse(expiresAt.local));
  return {
    ...(fault !== null && { metadata: fault }),
    ...(limit !== '' && !isLimit && { rateLimit: PROBLEMS.rateLimit }),
    ...(!isTime && { expiresAt: PROBLEMS.expiresAt }),
  };
}

/** Whether the form found something wrong by itself. */
export function isFaulty(draft: KeyDraft): boolean {
  return Object.keys(problemsOf(draft)).length > 0;
}

/** The API's errors of the submitted draft, together with what the form itself finds wrong now. */
export function faultWithProblems(fault: Fault | null, draft: KeyDraft): Fault | null {
  const problems: Readonly<Record<string, string>> = problemsOf(draft);
  if (Object.keys(problems).length === 0) return fault;
  const { besides, at, ...others } = fault ?? generalFault('', '');
  return {
    ...others,
    at: (field) => problems[field] ?? at(field),
    besides: (fields) => (fault ? besides(fields) : []),
  };
}

/** Errors of the submitted input by field, except for fields edited since. */
export function faultOfDraft(fault: Fault | null, sent: KeyDraft, draft: KeyDraft): Fault | null {
  // The page asks to sign in, and the input is sent again afterwards.
  if (!fault || fault.code === 'UNAUTHENTICATED') return null;
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
