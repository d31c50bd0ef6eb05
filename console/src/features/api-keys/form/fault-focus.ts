import { type RefObject, useCallback, useEffect } from 'react';
import type { Fault } from '../../../api/fault.ts';

/** Leads to the first field that something is wrong with: where the API complains by itself, and when called. */
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
