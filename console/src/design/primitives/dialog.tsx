import { X } from 'lucide-react';
import { AlertDialog as Alert, Dialog as Modal } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button, type ButtonLook, IconButton } from './button.tsx';
import { classNames } from './class-names.ts';

const VEIL = 'fixed inset-0 z-40 animate-appear bg-veil';
const PANEL =
  'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] animate-slide-in flex-col rounded-t-2xl border border-line bg-raised shadow-raised sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[calc(100vw-3rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl';

/** Gives the focus back to what had it when the dialog opened. Radix would only do so for a trigger of its own. */
function useFocusBack(): (event: Event) => void {
  const opener = useRef(document.activeElement);
  return (event) => {
    event.preventDefault();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
}

/** A dialog with a title. Escape, the close button and a click outside call `onClose`, which decides. */
export function Dialog({
  title,
  description,
  wide = false,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly wide?: boolean;
  onClose(): void;
  readonly children: ReactNode;
}) {
  const focusBack = useFocusBack();
  return (
    <Modal.Root open onOpenChange={(open) => !open && onClose()}>
      <Modal.Portal>
        <Modal.Overlay className={VEIL} />
        <Modal.Content
          onCloseAutoFocus={focusBack}
          className={classNames(PANEL, wide ? 'sm:max-w-3xl' : 'sm:max-w-lg')}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="flex items-start gap-4 px-6 pt-5 pb-1">
            <div className="min-w-0 grow">
              <Modal.Title className="text-base font-semibold tracking-tight">{title}</Modal.Title>
              {description && (
                <Modal.Description className="mt-0.5 text-soft">{description}</Modal.Description>
              )}
            </div>
            <Modal.Close asChild>
              <IconButton label="Close" className="-my-1.5 -mr-2">
                <X size={18} aria-hidden="true" />
              </IconButton>
            </Modal.Close>
          </header>
          {children}
        </Modal.Content>
      </Modal.Portal>
    </Modal.Root>
  );
}

/** The part of a dialog that scrolls. */
export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className="flex min-h-0 grow flex-col gap-5 overflow-y-auto px-6 pt-4 pb-6">{children}</div>;
}

/** The buttons of a dialog, the next step last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return (
    <footer className="flex flex-wrap justify-end gap-2 border-t sm:rounded-b-2xl border-line bg-page px-6 py-3.5">
      {children}
    </footer>
  );
}

/** The form of a dialog: its fields, a cancel button and the button that submits it. */
export function DialogForm({
  label,
  busy,
  disabled = false,
  onSubmit,
  onCancel,
  children,
}: {
  /** The label of the submit button. */
  readonly label: string;
  readonly busy: boolean;
  readonly disabled?: boolean;
  onSubmit(): Promise<void>;
  onCancel(): void;
  readonly children: ReactNode;
}) {
  return (
    <form
      noValidate
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      <DialogBody>{children}</DialogBody>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy} disabled={disabled}>
          {label}
        </Button>
      </DialogActions>
    </form>
  );
}

/** The confirming button of an AlertDialog. */
export interface Confirm {
  readonly label: ReactNode;
  /** `danger` by default. */
  readonly look?: ButtonLook;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  /** Submits this form instead of calling `run`. */
  readonly form?: string;
  run?(): unknown;
}

/** A modal question: a click outside does nothing. The cancel button gets the initial focus. */
export function AlertDialog({
  title,
  description,
  cancel = 'Cancel',
  confirm,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  readonly description: ReactNode;
  readonly cancel?: string;
  /** Null: nothing to confirm, only information. */
  readonly confirm: Confirm | null;
  onClose(): void;
  readonly children?: ReactNode;
}) {
  const focusBack = useFocusBack();
  return (
    <Alert.Root open onOpenChange={(open) => !open && onClose()}>
      <Alert.Portal>
        <Alert.Overlay className={VEIL} />
        <Alert.Content onCloseAutoFocus={focusBack} className={classNames(PANEL, 'sm:max-w-lg')}>
          <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-6 pt-5 pb-6">
            <div>
              <Alert.Title className="text-base font-semibold tracking-tight">{title}</Alert.Title>
              <Alert.Description asChild>
                <div className="mt-1 text-soft">{description}</div>
              </Alert.Description>
            </div>
            {children}
          </div>
          <DialogActions>
            <Alert.Cancel asChild>
              <Button look={confirm ? 'secondary' : 'primary'}>{cancel}</Button>
            </Alert.Cancel>
            {confirm && (
              <Button
                type={confirm.form ? 'submit' : 'button'}
                form={confirm.form}
                look={confirm.look ?? 'danger'}
                busy={confirm.busy ?? false}
                disabled={confirm.disabled}
                onClick={confirm.run && (() => confirm.run?.())}
              >
                {confirm.label}
              </Button>
            )}
          </DialogActions>
        </Alert.Content>
      </Alert.Portal>
    </Alert.Root>
  );
}
