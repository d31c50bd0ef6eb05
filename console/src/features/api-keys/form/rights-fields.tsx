import { useState } from 'react';
import type { Fault } from '../../../api/fault.ts';
import { Choice, Field, GroupError } from '../../../design/primitives/field.tsx';
import { Select } from '../../../design/primitives/input.tsx';
import type { RoleFactsFragment } from '../../../generated/graphql.ts';
import { useCan, useOrganization } from '../../../viewer/organization.tsx';
import { missingOf } from '../../../viewer/permissions.ts';
import { PermissionPicker } from '../../roles/permission-picker.tsx';
import { useRoles } from '../../roles/role-list.ts';
import { roleName } from '../../roles/role-name.ts';
import type { FieldsProps } from './fields.ts';
import { RoleMeaning } from './role-meaning.tsx';

type RoleChoice = Pick<RoleFactsFragment, 'id' | 'name' | 'description' | 'permissions'>;

/** The permissions of a key: its role and its own. */
export function RightsFields({
  draft,
  fault,
  change,
  role,
}: FieldsProps & {
  /** The key's current role, which may be missing from the viewer's list of roles. */
  readonly role?: RoleChoice | null | undefined;
}) {
  const { rows } = useRoles();
  const isListed = !role || rows.some(({ id }) => id === role.id);
  const roles = isListed ? rows : [role, ...rows];
  const chosen = roles.find(({ id }) => id === draft.roleId);
  return (
    <>
      {roles.length > 0 && (
        <RoleField
          roles={roles}
          value={draft.roleId}
          error={fault?.at('roleId') ?? escalation(fault, draft.roleId !== '')}
          onChange={(roleId) => change({ roleId })}
        />
      )}
      {chosen && <RoleMeaning role={chosen} />}
      <fieldset className="min-w-0">
        <legend className="font-medium">{roles.length > 0 ? 'Additional permissions' : 'Permissions'}</legend>
        <p className="mt-0.5 mb-3 text-small text-soft">
          Grant only what the key needs. You can only grant permissions that you have.
        </p>
        <Grants chosen={draft.grants} onChange={(grants) => change({ grants })} />
        <GroupError
          label="Permissions"
          text={fault?.at('grants') ?? escalation(fault, draft.roleId === '')}
        />
      </fieldset>
    </>
  );
}

function RoleField({
  roles,
  value,
  error,
  onChange,
}: {
  readonly roles: readonly RoleChoice[];
  readonly value: string;
  readonly error: string | null;
  onChange(roleId: string): void;
}) {
  const { permissions: held } = useOrganization();
  return (
    <Field
      label="Role"
      optional
      hint="The key has all permissions of the role. Changes of the role apply to the key immediately."
      error={error}
    >
      {(props) => (
        <Select {...props} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">No role</option>
          {roles.map(({ id, name, permissions }) => {
            const isBeyond = missingOf(held, permissions).length > 0;
            return (
              <option key={id} value={id} disabled={isBeyond}>
                {isBeyond ? `${roleName(name)} (has permissions you don’t have)` : roleName(name)}
              </option>
            );
          })}
        </Select>
      )}
    </Field>
  );
}

/** The catalog if the viewer may see it, otherwise the viewer's own permissions. */
function Grants({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  onChange(chosen: readonly string[]): void;
}) {
  const can = useCan();
  const { permissions } = useOrganization();
  // Permissions that the key already has can always be removed.
  const [first] = useState(chosen);
  if (can('organization.view'))
    return <PermissionPicker chosen={chosen} readOnly={false} folded onChange={onChange} />;
  return (
    <div className="grid gap-2.5 md:grid-cols-2">
      {[...new Set([...permissions, ...first])].map((permission) => (
        <Choice
          key={permission}
          label={<span className="font-mono text-small break-all">{permission}</span>}
          checked={chosen.includes(permission)}
          onChange={(checked) =>
            onChange(checked ? [...chosen, permission] : chosen.filter((one) => one !== permission))
          }
        />
      ))}
    </div>
  );
}

/** The role or the viewer's permissions may have changed since the form was opened. */
function escalation(fault: Fault | null, isHere: boolean): string | null {
  if (!isHere || fault?.code !== 'ESCALATION') return null;
  return `${fault.message}: ${fault.permissions.join(', ')}`;
}
