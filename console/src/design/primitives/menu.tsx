import { Check, ExternalLink } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { classNames } from './class-names.ts';

const CONTENT =
  'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 animate-appear overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-raised';

const ITEM =
  'flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 outline-none select-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover';

/** A menu behind a button; `trigger` is the button. */
export function Menu({
  trigger,
  label,
  onClosed,
  children,
}: {
  readonly trigger: ReactNode;
  /** Accessible name of the menu, if the button's text is not enough. */
  readonly label?: string;
  /** It is closed, and the focus is back on its button: the time to open a dialog, which then returns it there. */
  onClosed?(): void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          {...(label ? { 'aria-label': label, 'aria-labelledby': undefined } : {})}
          onCloseAutoFocus={() => onClosed && queueMicrotask(onClosed)}
          className={CONTENT}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Where a menu opens, in pixels from the corner of the positioned element around it. */
export interface MenuPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One menu for many places, such as the rows of a table. Null: closed. */
export function MenuAt({
  place,
  label,
  onClose,
  onClosed,
  children,
}: {
  readonly place: MenuPlace | null;
  /** Accessible name of the menu. */
  readonly label: string;
  onClose(): void;
  /** It is closed, and the focus is to be placed. */
  onClosed(): void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Root open={place !== null} modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span
          aria-hidden="true"
          style={place ?? { left: 0, top: 0 }}
          className="pointer-events-none absolute"
        />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={place?.width === 0 ? 'start' : 'end'}
          sideOffset={place?.width === 0 ? 2 : 6}
          collisionPadding={8}
          aria-label={label}
          aria-labelledby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
          className={CONTENT}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** An action. */
export function MenuItem({
  onSelect,
  danger = false,
  disabled = false,
  children,
}: {
  onSelect(): void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Item
      disabled={disabled}
      onSelect={onSelect}
      className={classNames(ITEM, danger && 'text-danger data-highlighted:bg-danger-soft')}
    >
      {children}
    </DropdownMenu.Item>
  );
}

/** A link. */
export function MenuLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild>
      <Link href={to} className={ITEM}>
        {children}
      </Link>
    </DropdownMenu.Item>
  );
}

/** A link to a page outside of the console, in a new tab. */
export function MenuPage({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild>
      <a href={href} target="_blank" rel="noreferrer" className={ITEM}>
        {children}
        <ExternalLink size={14} aria-hidden="true" className="ml-auto shrink-0 text-soft" />
        <span className="sr-only">(new tab)</span>
      </a>
    </DropdownMenu.Item>
  );
}

/** An option of which one is selected. */
export function MenuChoice<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: ReactNode }[];
  onChange(value: Value): void;
}) {
  return (
    <DropdownMenu.RadioGroup
      value={value}
      onValueChange={(chosen) => onChange(chosen as Value)}
      aria-label={label}
    >
      {choices.map((choice) => (
        <DropdownMenu.RadioItem key={choice.value} value={choice.value} className={ITEM}>
          <span className="min-w-0 grow truncate">{choice.label}</span>
          <DropdownMenu.ItemIndicator>
            <Check size={16} aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

/** Options of which any are selected. The menu stays open. */
export function MenuChecks<Value extends string>({
  label,
  checked,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly checked: readonly Value[];
  readonly choices: readonly {
    readonly value: Value;
    readonly label: string;
    /** For example, why it has no effect now. */
    readonly hint?: string | undefined;
  }[];
  onChange(value: Value, isChecked: boolean): void;
}) {
  return (
    <DropdownMenu.Group aria-label={label}>
      {choices.map(({ value, label: words, hint }) => (
        <DropdownMenu.CheckboxItem
          key={value}
          checked={checked.includes(value)}
          onCheckedChange={(isChecked) => onChange(value, isChecked)}
          onSelect={(event) => event.preventDefault()}
          className={ITEM}
        >
          <span className="flex min-w-0 grow items-baseline justify-between gap-4">
            <span className="truncate">{words}</span>
            {hint && <span className="shrink-0 text-xs text-soft">{hint}</span>}
          </span>
          <span className="size-4 shrink-0">
            <DropdownMenu.ItemIndicator>
              <Check size={16} aria-hidden="true" />
            </DropdownMenu.ItemIndicator>
          </span>
        </DropdownMenu.CheckboxItem>
      ))}
    </DropdownMenu.Group>
  );
}

/** Heading of a part of a menu. */
export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 py-1.5 text-xs font-medium text-soft">{children}</DropdownMenu.Label>
  );
}

/** Separator between parts of a menu. */
export function MenuLine() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
