import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react';

/** An error that a field shows. */
export interface FieldProblem {
  /** The id of the field's input, or of the error of a group of inputs. */
  readonly id: string;
  readonly label: string;
  readonly message: string;
}

/** Receives the problem of a field, or null when it is solved. */
export type ReportProblem = (id: string, problem: FieldProblem | null) => void;

const ignore: ReportProblem = () => {};

/** Where fields report their errors, so that a form can list them and a folded part can open. */
export const FieldProblems = createContext<ReportProblem>(ignore);

/** Reports a field's error while it is shown. */
export function useFieldProblem(id: string, label: string, message: string | null | undefined): void {
  const report = use(FieldProblems);
  useEffect(() => {
    if (!message) return;
    report(id, { id, label, message });
    return () => report(id, null);
  }, [report, id, label, message]);
}

/** Collects the errors of all fields below, and passes them on to the collector above. */
export function useProblems(): {
  readonly problems: readonly FieldProblem[];
  readonly report: ReportProblem;
} {
  const above = use(FieldProblems);
  const [byId, setById] = useState<ReadonlyMap<string, FieldProblem>>(new Map());
  const report = useCallback<ReportProblem>(
    (id, problem) => {
      above(id, problem);
      setById((before) => {
        const after = new Map(before);
        if (problem) after.set(id, problem);
        else after.delete(id);
        return after;
      });
    },
    [above],
  );
  return useMemo(() => ({ problems: [...byId.values()], report }), [byId, report]);
}

/** Focuses the field with this problem. In a group of inputs, it is the first one that is enabled. */
export function focusProblem(id: string): void {
  const element = document.getElementById(id);
  const target = element?.hasAttribute('data-group-error')
    ? element.closest('fieldset')?.querySelector<HTMLElement>('input:enabled, button:enabled')
    : element;
  target?.focus();
}

/** Sorts problems by the position of their fields in the page. */
export function inPageOrder(problems: readonly FieldProblem[]): readonly FieldProblem[] {
  const elements = new Map(problems.map(({ id }) => [id, document.getElementById(id)]));
  return [...problems].sort((one, other) => {
    const [left, right] = [elements.get(one.id), elements.get(other.id)];
    if (!left || !right) return 0;
    return left.compareDocumentPosition(right) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  });
}
