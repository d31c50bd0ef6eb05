import { Plus, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { FormSection } from '../../design/patterns/form-section.tsx';
import { Button, IconButton } from '../../design/primitives/button.tsx';
import { useFieldProblem } from '../../design/primitives/field-problems.ts';
import { Input } from '../../design/primitives/input.tsx';
import type { Entry, SettingsProps } from './settings-draft.ts';
import { TEXTS } from './texts.ts';

/** The organization's custom permissions. */
export function CatalogueFields({ draft: { entries }, at, change }: SettingsProps) {
  const { title, description, none, some } = TEXTS.permissions;
  const add = useRef<HTMLButtonElement>(null);
  const last = Math.max(-1, ...entries.map(({ key }) => key));
  return (
    <FormSection title={title} description={description}>
      <p className="max-w-prose text-soft">{entries.length === 0 ? none : some}</p>
      {entries.length > 0 && (
        <ul aria-label="Custom permissions" className="flex flex-col gap-3">
          {entries.map((entry, index) => (
            <EntryFields
              key={entry.key}
              entry={entry}
              number={index + 1}
              error={at(`permissionCatalog.${index}`) ?? null}
              onChange={(changed) =>
                change({ entries: entries.map((one) => (one.key === entry.key ? changed : one)) })
              }
              onRemove={() => {
                change({ entries: entries.filter(({ key }) => key !== entry.key) });
                // The button disappears when pressed.
                add.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      <Button
        ref={add}
        className="self-start"
        onClick={() => change({ entries: [...entries, { key: last + 1, name: '', description: '' }] })}
      >
        <Plus size={16} aria-hidden="true" />
        Add a permission
      </Button>
    </FormSection>
  );
}

function EntryFields({
  entry,
  number,
  error,
  onChange,
  onRemove,
}: {
  readonly entry: Entry;
  readonly number: number;
  readonly error: string | null;
  onChange(entry: Entry): void;
  onRemove(): void;
}) {
  const id = `permission-${entry.key}`;
  useFieldProblem(id, `Permission ${number}`, error);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_auto]">
      <Input
        id={id}
        aria-label={`Name of permission ${number}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        placeholder="invoices.read"
        autoComplete="off"
        maxLength={100}
        value={entry.name}
        onChange={(event) => onChange({ ...entry, name: event.target.value })}
        className="font-mono"
      />
      <Input
        aria-label={`Description of permission ${number}`}
        placeholder="Description"
        autoComplete="off"
        maxLength={500}
        value={entry.description}
        onChange={(event) => onChange({ ...entry, description: event.target.value })}
        className="max-sm:col-start-1 max-sm:row-start-2"
      />
      <IconButton label={`Remove permission ${number}`} onClick={onRemove}>
        <Trash2 size={16} aria-hidden="true" />
      </IconButton>
      {error && (
        <p id={`${id}-error`} className="col-span-full text-small font-medium text-danger">
          {error}
        </p>
      )}
    </li>
  );
}
