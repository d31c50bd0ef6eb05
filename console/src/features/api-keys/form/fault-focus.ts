import { type RefObject, useCallback, useEffect } from 'react';
import type { Fault } from '../../../api/fault.ts';

/** Focuses the first invalid field, when the API reports errors and on call. */
export function useFaultFocus(form: RefObject<HTMLFormElement | null>, fault: Fault | null): () => void {
  const focus = useCallback(() => firstFault(form.current)?.focus(), [form]);
  useEffect(() => {
    if (fault) focus();
  }, [fault, focus]);
  return focus;
}

function firstFault(form: HTMLFormElement | null): HTMLElement | null {
  const found = form?.querySelector<HTMLElement>('[aria-invalid=true], [data-fault]');
  if (found?.hasAttribute('data-fault'))
    return found.closest('fieldset')?.querySelector<HTMLElement>('input:enabled') ?? null;
  return found ?? null;
}
