import { Bookmark, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, IconButton } from '../primitives/button.tsx';
import { counted } from '../primitives/counted.ts';
import { Dialog, DialogBody, DialogForm } from '../primitives/dialog.tsx';
import { TextField } from '../primitives/field.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../primitives/menu.tsx';
import { useToast } from './toasts.tsx';

/** Maximum length of a name, characters. */
export const FILTER_NAME_MAX = 60;

/** Maximum number of saved filters of a list. */
export const SAVED_MAX = 50;

/** Filters of a list under a name: what follows `?` in its URL. */
export interface SavedFilter {
  readonly name: string;
  readonly query: string;
}

interface Props {
  readonly saved: readonly SavedFilter[];
  /** The current filters. Empty: none, so that there is nothing to save. */
  readonly query: string;
  onApply(query: string): void;
  onChange(change: (before: readonly SavedFilter[]) => readonly SavedFilter[]): void;
}

/** Applies, saves and deletes filters under a name. */
export function SavedFilters({ saved, query, onApply, onChange }: Props) {
  const [dialog, setDialog] = useState<'save' | 'manage' | null>(null);
  const next = useRef<typeof dialog>(null);
  const current = saved.find((filter) => filter.query === query);
  const close = () => setDialog(null);
  return (
    <>
      <Menu
        label="Saved filters"
        onClosed={() => {
          if (next.current) setDialog(next.current);
          next.current = null;
        }}
        trigger={
          <Button look="quiet" className="min-w-0 max-w-56">
            <Bookmark
              size={16}
              aria-hidden="true"
              className={current ? 'shrink-0 fill-accent text-accent' : 'shrink-0'}
            />
            <span className="truncate max-sm:sr-only">
              {current && <span className="sr-only">Saved filters: </span>}
              {current?.name ?? 'Saved filters'}
            </span>
          </Button>
        }
      >
        {saved.length === 0 ? (
          <MenuLabel>Save filters that you use often</MenuLabel>
        ) : (
          <MenuChoice
            label="Saved filters"
            value={current?.name ?? ''}
            choices={saved.map(({ name }) => ({ value: name, label: name }))}
            onChange={(name) => onApply(saved.find((filter) => filter.name === name)?.query ?? '')}
          />
        )}
        <MenuLine />
        <MenuItem
          disabled={query === '' || current !== undefined}
          onSelect={() => {
            next.current = 'save';
          }}
        >
          Save these filters…
        </MenuItem>
        {saved.length > 0 && (
          <MenuItem
            onSelect={() => {
              next.current = 'manage';
            }}
          >
            Delete saved filters…
          </MenuItem>
        )}
      </Menu>
      {dialog === 'save' && <SaveDialog saved={saved} query={query} onChange={onChange} onClose={close} />}
      {dialog === 'manage' && <ManageDialog saved={saved} onChange={onChange} onClose={close} />}
    </>
  );
}

function SaveDialog({
  saved,
  query,
  onChange,
  onClose,
}: Omit<Props, 'onApply'> & {
  onClose(): void;
}) {
  const [typed, setTyped] = useState('');
  const toast = useToast();
  const name = typed.trim().replace(/\s+/g, ' ');
  const replaces = saved.some((filter) => filter.name === name);
  const isFull = saved.length >= SAVED_MAX && !replaces;
  const save = async () => {
    if (!name || isFull) return;
    onChange((before) => [...before.filter((filter) => filter.name !== name), { name, query }]);
    toast({ tone: 'good', text: `Filters saved as “${name}”` });
    onClose();
  };
  return (
    <Dialog
      title="Save these filters"
      description="Only you see them, in this browser and organization."
      onClose={onClose}
    >
      <DialogForm
        label={replaces ? 'Replace' : 'Save'}
        busy={false}
        disabled={!name || isFull}
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField
          label="Name"
          maxLength={FILTER_NAME_MAX}
          value={typed}
          onChange={setTyped}
          hint={replaces ? 'Replaces the saved filters with this name' : undefined}
          error={isFull ? `${counted(SAVED_MAX, 'filter')} are saved. Delete one first` : null}
        />
      </DialogForm>
    </Dialog>
  );
}

function ManageDialog({
  saved,
  onChange,
  onClose,
}: Pick<Props, 'saved' | 'onChange'> & {
  onClose(): void;
}) {
  const toast = useToast();
  const remove = ({ name }: SavedFilter) => {
    onChange((before) => before.filter((filter) => filter.name !== name));
    toast({ text: `Deleted “${name}”` });
  };
  return (
    <Dialog title="Saved filters" onClose={onClose}>
      <DialogBody>
        {saved.length === 0 ? (
          <p className="text-soft">There are no saved filters.</p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {saved.map((filter) => (
              <li key={filter.name} className="flex items-center gap-2 py-1 pr-1 pl-3">
                <span dir="auto" className="min-w-0 grow truncate">
                  {filter.name}
                </span>
                <IconButton label={`Delete ${filter.name}`} onClick={() => remove(filter)}>
                  <Trash2 size={16} aria-hidden="true" />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </DialogBody>
    </Dialog>
  );
}

/** Saved filters in whatever is stored. `clean` keeps the parameters that the list knows. */
export function readSavedFilters(stored: unknown, clean: (query: string) => string): readonly SavedFilter[] {
  if (!Array.isArray(stored)) return [];
  const found = new Map<string, SavedFilter>();
  for (const one of stored.slice(0, SAVED_MAX)) {
    if (typeof one?.name !== 'string' || typeof one.query !== 'string') continue;
    const name = one.name.trim().slice(0, FILTER_NAME_MAX);
    const query = clean(one.query.slice(0, QUERY_MAX));
    if (name && query) found.set(name, { name, query });
  }
  return [...found.values()];
}

/** Longer queries are not the console's, UTF-16 units. */
const QUERY_MAX = 2_000;
