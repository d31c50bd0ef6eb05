import { Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Fault } from '../../api/fault.ts';
import { useSubmit } from '../../api/use-submit.ts';
import { Card } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Button, IconButton } from '../../design/primitives/button.tsx';
import { FormFault } from '../../design/primitives/field.tsx';
import { Input } from '../../design/primitives/input.tsx';
import { type SettingsFactsFragment, UpdateOrganizationDocument } from '../../generated/graphql.ts';

interface Entry {
  /** Identifies entries while they are edited. */
  readonly key: number;
  readonly name: string;
  readonly description: string;
}

/** The organization's custom permissions. */
export function CatalogueCard({ organization }: { readonly organization: SettingsFactsFragment }) {
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateOrganizationDocument, (data) => data.updateOrganization);
  const last = useRef(0);
  const entriesOf = ({ permissionCatalog }: SettingsFactsFragment): readonly Entry[] =>
    (permissionCatalog ?? [])
      .filter(({ builtIn }) => !builtIn)
      .map(({ name, description }) => {
        last.current += 1;
        return { key: last.current, name, description: description ?? '' };
      });
  const [entries, setEntries] = useState(() => entriesOf(organization));
  const isChanged = asText(entries) !== asText(entriesOf(organization));
  const save = async () => {
    const permissionCatalog = entries.map(({ name, description }) => ({
      name: name.trim(),
      description: description.trim() || null,
    }));
    const done = await submit({ input: { id: organization.id, permissionCatalog } });
    if (!done) return;
    setEntries(entriesOf(done.organization));
    toast({ tone: 'good', text: 'Custom permissions saved' });
  };
  const add = () => {
    last.current += 1;
    setEntries([...entries, { key: last.current, name: '', description: '' }]);
  };
  return (
    <Card title="Custom permissions">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className="max-w-prose text-soft">
          {entries.length === 0
            ? 'None yet: roles and keys can have any permission. Once you add those that your API requires, roles and keys can have only these and the built-in ones.'
            : 'Roles and keys can have only these and the built-in ones.'}
        </p>
        {entries.length > 0 && (
          <ul aria-label="Custom permissions" className="flex flex-col gap-3">
            {entries.map((entry, index) => (
              <EntryFields
                key={entry.key}
                entry={entry}
                number={index + 1}
                error={errorOf(fault, index)}
                onChange={(changed) =>
                  setEntries(entries.map((one) => (one.key === entry.key ? changed : one)))
                }
                onRemove={() => setEntries(entries.filter(({ key }) => key !== entry.key))}
              />
            ))}
          </ul>
        )}
        <FormFault fault={fault} fields={entries.map((_, index) => `permissionCatalog.${index}`)} />
        <div className="flex flex-wrap justify-between gap-2">
          <Button onClick={add}>
            <Plus size={16} aria-hidden="true" />
            Add a permission
          </Button>
          <Button type="submit" look="primary" busy={busy} disabled={!isChanged}>
            Save
          </Button>
        </div>
      </form>
    </Card>
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
  const errorId = `permission-${entry.key}-error`;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_auto]">
      <Input
        aria-label={`Name of permission ${number}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? errorId : undefined}
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
        <p id={errorId} className="col-span-full text-[0.8125rem] font-medium text-danger">
          {error}
        </p>
      )}
    </li>
  );
}

function errorOf(fault: Fault | null, index: number): string | null {
  return fault?.at(`permissionCatalog.${index}`) ?? null;
}

function asText(entries: readonly Entry[]): string {
  return JSON.stringify(entries.map(({ name, description }) => [name.trim(), description.trim()]));
}
