import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { IconButton } from '../primitives/button.tsx';

const SHOWN_MS = 6_000;
const SHOWN_MAX = 3;

/** A toast. */
export interface Toast {
  readonly text: ReactNode;
  readonly tone?: 'neutral' | 'good' | 'danger';
}

type Shown = Toast & { readonly id: number };

const ToastContext = createContext<((toast: Toast) => void) | null>(null);

/** Shows a toast, which screen readers announce. */
export function useToast(): (toast: Toast) => void {
  const show = use(ToastContext);
  if (!show) throw new Error('There is no ToastProvider above');
  return show;
}

const SIGNS = {
  neutral: null,
  good: <CircleCheck size={16} className="shrink-0 text-good" aria-hidden="true" />,
  danger: <CircleAlert size={16} className="shrink-0 text-danger" aria-hidden="true" />,
} as const;

/** Shows toasts above everything else for some seconds. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([]);
  const last = useRef(0);
  const remove = useCallback((id: number) => setToasts((all) => all.filter((one) => one.id !== id)), []);
  const show = useCallback((toast: Toast) => {
    last.current += 1;
    const shown = { ...toast, id: last.current };
    setToasts((all) => [...all, shown].slice(-SHOWN_MAX));
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      <div
        aria-live="polite"
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-(--footer-height,0px) z-50 flex flex-col items-center gap-2 p-4 sm:items-end"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} remove={remove} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastCard({ toast, remove }: { readonly toast: Shown; remove(id: number): void }) {
  const { id, tone = 'neutral', text } = toast;
  useEffect(() => {
    const timer = setTimeout(() => remove(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, remove]);
  return (
    <div className="pointer-events-auto flex max-w-full animate-slide-in items-center gap-2.5 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-3.5 shadow-raised sm:max-w-md">
      {SIGNS[tone]}
      <div className="min-w-0 break-words">{text}</div>
      <IconButton label="Dismiss" onClick={() => remove(id)} className="size-8">
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
