import { type LucideIcon, Search } from 'lucide-react';
import { Dialog as Modal } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { classNames } from './class-names.ts';

/** Something that a palette offers. */
export interface PaletteEntry {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Behind the label, softer. */
  readonly hint?: ReactNode;
  run(): void;
}

/** Entries under a heading. */
export interface PaletteGroup {
  readonly label: string;
  readonly entries: readonly PaletteEntry[];
}

const TEXT_MAX = 200;

/**
 * A dialog that finds and runs entries: a combobox whose list is always open. The focus stays in its field, and the arrow
 * keys move through the entries.
 */
export function Palette({
  label,
  placeholder,
  text,
  onText,
  groups,
  message,
  onClose,
}: {
  /** Accessible name of the dialog and of its field. */
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  onText(text: string): void;
  /** Without empty ones. */
  readonly groups: readonly PaletteGroup[];
  /** Below the entries: that it is searching, that there are none, or why. */
  readonly message: string | null;
  onClose(): void;
}) {
  const list = useId();
  const opener = useRef(document.activeElement);
  const entries = groups.flatMap((group) => group.entries);
  const [chosen, setChosen] = useState<string | null>(null);
  const active = entries.find(({ id }) => id === chosen) ?? entries[0];
  const optionId = (id: string) => `${list}-${id}`;
  useEffect(() => {
    if (active) document.getElementById(`${list}-${active.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, list]);
  const run = ({ run: perform }: PaletteEntry) => {
    onClose();
    // After the dialog has closed and given the focus back.
    setTimeout(perform);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !active) return;
    const index = entries.indexOf(active);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') run(active);
    else if (step) setChosen(entries[(index + step + entries.length) % entries.length]?.id ?? null);
    else return;
    event.preventDefault();
  };
  return (
    <Modal.Root open onOpenChange={(open) => !open && onClose()}>
      <Modal.Portal>
        <Modal.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Modal.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className="fixed inset-x-3 top-3 z-50 mx-auto flex max-h-[min(32rem,calc(100dvh-1.5rem))] max-w-xl animate-appear flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-raised sm:top-[14vh] sm:max-h-[min(32rem,72vh)]"
        >
          <Modal.Title className="sr-only">{label}</Modal.Title>
          <div className="flex h-13 shrink-0 items-center gap-3 border-b border-line px-4">
            <Search size={17} aria-hidden="true" className="shrink-0 text-soft" />
            <input
              type="text"
              role="combobox"
              aria-label={label}
              aria-expanded={entries.length > 0}
              aria-controls={list}
              aria-autocomplete="list"
              aria-activedescendant={active && optionId(active.id)}
              autoComplete="off"
              spellCheck={false}
              maxLength={TEXT_MAX}
              placeholder={placeholder}
              value={text}
              onChange={(event) => {
                setChosen(null);
                onText(event.target.value);
              }}
              onKeyDown={onKeyDown}
              className="h-full min-w-0 grow bg-transparent text-base outline-none placeholder:text-soft"
            />
          </div>
          <div
            id={list}
            role="listbox"
            aria-label={label}
            className={classNames('min-h-0 overflow-y-auto px-1.5', entries.length > 0 && 'py-1.5')}
          >
            {groups.map((group, index) => (
              <Group
                key={group.label}
                id={`${list}-group-${index}`}
                group={group}
                active={active}
                optionId={optionId}
                onChoose={setChosen}
                onRun={run}
              />
            ))}
          </div>
          <p role="status" className={message ? 'shrink-0 px-4 py-3 text-soft' : 'sr-only'}>
            {message ?? `${entries.length} results`}
          </p>
        </Modal.Content>
      </Modal.Portal>
    </Modal.Root>
  );
}

function Group({
  id,
  group,
  active,
  optionId,
  onChoose,
  onRun,
}: {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly active: PaletteEntry | undefined;
  optionId(id: string): string;
  onChoose(id: string): void;
  onRun(entry: PaletteEntry): void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is not part of a list box.
    <div role="group" aria-labelledby={id} className="pb-1 last:pb-0">
      <div id={id} className="px-2.5 pt-2 pb-1 text-xs font-medium text-soft">
        {group.label}
      </div>
      {group.entries.map((entry) => {
        const { icon: Icon, label, hint } = entry;
        const isActive = entry === active;
        return (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the focus and the keys stay in the combobox.
          <div
            key={entry.id}
            id={optionId(entry.id)}
            role="option"
            aria-selected={isActive}
            onPointerMove={() => !isActive && onChoose(entry.id)}
            onClick={() => onRun(entry)}
            className={classNames(
              'flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1 pointer-coarse:min-h-11',
              isActive && 'bg-hover',
            )}
          >
            <Icon size={16} aria-hidden="true" className="shrink-0 text-soft" />
            <span dir="auto" className="min-w-0 truncate">
              {label}
            </span>
            {hint && (
              <span className="ml-auto flex shrink-0 items-center gap-2 text-small text-soft">{hint}</span>
            )}
          </div>
        );
      })}
    </div>
  );
}
