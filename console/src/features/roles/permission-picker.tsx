import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useDocument } from '../../api/use-document.ts';
import { Disclosure } from '../../design/patterns/disclosure.tsx';
import { LoadFault, SkeletonRows } from '../../design/patterns/page.tsx';
import { Button, IconButton } from '../../design/primitives/button.tsx';
import { Choice, TextField } from '../../design/primitives/field.tsx';
import { PermissionCatalogDocument } from '../../generated/graphql.ts';
import { useOrganization } from '../../viewer/organization.tsx';
import { covers } from '../../viewer/permissions.ts';
import {
  groupsOf,
  othersOf,
  type PermissionGroup,
  type PermissionMeaning,
  wildcardOf,
  withChoice,
} from './permission-choice.ts';

interface Picked {
  readonly chosen: readonly string[];
  readonly readOnly: boolean;
  onChange(chosen: readonly string[]): void;
}

/**
 * A picker of the organization's permissions with descriptions: first those of the product, then those of Keywright
 * itself. Only those that the viewer has can be granted.
 */
export function PermissionPicker({
  chosen,
  readOnly,
  folded = false,
  onChange,
}: Picked & {
  /** Whether Keywright's own permissions are folded while none of them is chosen. */
  readonly folded?: boolean;
}) {
  const { id: organizationId } = useOrganization();
  const [{ data, error }, reload] = useDocument(PermissionCatalogDocument, { organizationId });
  const catalogue = data?.organization?.permissionCatalog;
  if (error && !catalogue) return <LoadFault message={error.message} retry={reload} />;
  if (!catalogue) return <SkeletonRows count={4} />;
  const picked: Picked = { chosen, readOnly, onChange };
  const own = catalogue.filter(({ builtIn }) => !builtIn);
  return (
    <div className="flex flex-col gap-5">
      {own.length > 0 && <Groups {...picked} catalogue={own} />}
      <Others {...picked} catalogue={catalogue} mayAdd={own.length === 0 && !readOnly} />
      <Manage {...picked} catalogue={catalogue.filter(({ builtIn }) => builtIn)} folded={folded} />
    </div>
  );
}

/** The permissions of Keywright's own API, which most keys don't need. */
function Manage({
  catalogue,
  folded,
  ...picked
}: Picked & { readonly catalogue: readonly PermissionMeaning[]; readonly folded: boolean }) {
  const names = new Set(['*', ...catalogue.map(({ name }) => name)]);
  for (const group of groupsOf(catalogue)) names.add(wildcardOf(group) ?? '*');
  const count = picked.chosen.filter((permission) => names.has(permission)).length;
  return (
    <Disclosure
      title="Manage Keywright"
      summary="Permissions for this console and its API: keys, members, roles, teams, the audit log"
      note={count > 0 ? `${count} chosen` : null}
      startsOpen={!folded || count > 0}
    >
      <div className="flex flex-col gap-6">
        <One
          {...picked}
          permission="*"
          label="Everything"
          meaning="All permissions, including those added later."
        />
        <Groups {...picked} catalogue={catalogue} />
      </div>
    </Disclosure>
  );
}

function Groups({ catalogue, ...picked }: Picked & { readonly catalogue: readonly PermissionMeaning[] }) {
  return (
    <div className="gap-x-8 md:columns-2">
      {groupsOf(catalogue).map((group) => (
        <Group key={group.stem} {...picked} group={group} />
      ))}
    </div>
  );
}

function Group({ group, ...picked }: Picked & { readonly group: PermissionGroup }) {
  const wildcard = wildcardOf(group);
  return (
    <fieldset className="flex min-w-0 break-inside-avoid flex-col gap-2.5 pb-6">
      <legend className="mb-2 font-mono text-small font-semibold">{group.stem || 'Other'}</legend>
      {wildcard && group.permissions.length > 1 && (
        <One
          {...picked}
          permission={wildcard}
          meaning={`All permissions under ${group.stem}, including those added later`}
        />
      )}
      {group.permissions.map(({ name, description }) => (
        <One key={name} {...picked} permission={name} meaning={description} />
      ))}
    </fieldset>
  );
}

function One({
  permission,
  label,
  meaning,
  chosen,
  readOnly,
  onChange,
}: Picked & {
  readonly permission: string;
  readonly label?: string;
  readonly meaning: string | null | undefined;
}) {
  const { permissions: held } = useOrganization();
  const isChosen = chosen.includes(permission);
  const wider = chosen.find((one) => one !== permission && covers([one], permission));
  const mayGive = covers(held, permission);
  const notes = [meaning, wider && `Covered by ${wider}`, !mayGive && !readOnly && 'You don’t have it'];
  return (
    <Choice
      label={label ?? <span className="font-mono text-small break-all">{permission}</span>}
      hint={notes.filter(Boolean).join('. ')}
      checked={isChosen || wider !== undefined}
      disabled={readOnly || wider !== undefined || (!mayGive && !isChosen)}
      onChange={(checked) => onChange(withChoice(chosen, permission, checked))}
    />
  );
}

function Others({
  chosen,
  readOnly,
  onChange,
  catalogue,
  mayAdd,
}: Picked & { readonly catalogue: readonly PermissionMeaning[]; readonly mayAdd: boolean }) {
  const [typed, setTyped] = useState('');
  const others = othersOf(chosen, catalogue);
  if (others.length === 0 && !mayAdd) return null;
  const add = () => {
    if (typed.trim() === '') return;
    onChange(withChoice(chosen, typed.trim(), true));
    setTyped('');
  };
  return (
    <div className="flex flex-col gap-3">
      {others.length > 0 && (
        <ul aria-label="Custom permissions" className="flex flex-wrap gap-2">
          {others.map((permission) => (
            <li
              key={permission}
              className="inline-flex min-h-8 items-center gap-1 rounded-lg bg-hover pr-1 pl-2.5 font-mono text-small break-all"
            >
              {permission}
              {!readOnly && (
                <IconButton
                  label={`Remove ${permission}`}
                  className="size-6"
                  onClick={() => onChange(withChoice(chosen, permission, false))}
                >
                  <X size={14} aria-hidden="true" />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayAdd && (
        <div className="flex max-w-md items-start gap-2">
          <div className="grow">
            <TextField
              label="Custom permission"
              optional
              hint="A permission that your API requires: words of a-z, 0-9, _ and - joined by dots, such as invoices.read"
              maxLength={100}
              value={typed}
              onChange={setTyped}
              // What was typed counts even if nobody pressed the button.
              onBlur={add}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                add();
              }}
              className="font-mono"
            />
          </div>
          <Button className="mt-7" onClick={add}>
            <Plus size={16} aria-hidden="true" />
            Add
          </Button>
        </div>
      )}
    </div>
  );
}
