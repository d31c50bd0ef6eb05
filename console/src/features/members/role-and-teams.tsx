import type { Fault } from '../../api/fault.ts';
import { Choice, Field } from '../../design/primitives/field.tsx';
import { Select } from '../../design/primitives/input.tsx';
import type { RoleFactsFragment } from '../../generated/graphql.ts';
import { useCan, useOrganization } from '../../viewer/organization.tsx';
import { missingOf } from '../../viewer/permissions.ts';
import { useRoles } from '../roles/role-list.ts';
import { roleName } from '../roles/role-name.ts';
import { useTeamNames } from '../teams/team-list.ts';

/** Properties of a membership, in addition to the person. */
export interface RoleAndTeams {
  /** Empty: not chosen yet. */
  readonly roleId: string;
  readonly teamIds: readonly string[];
}

/** Faults that concern the role although they name no field. */
const ABOUT_THE_ROLE: readonly string[] = ['ESCALATION', 'CONFLICT'];

/** The error of the chosen role, if any. */
export function roleFault(fault: Fault | null): string | null {
  if (!fault) return null;
  return fault.at('roleId') ?? (ABOUT_THE_ROLE.includes(fault.code) ? fault.message : null);
}

/** Selects the role and teams of a member. */
export function RoleAndTeamsFields({
  value,
  fault,
  onChange,
}: {
  readonly value: RoleAndTeams;
  readonly fault: Fault | null;
  onChange(value: RoleAndTeams): void;
}) {
  const { rows: roles } = useRoles();
  const { permissions } = useOrganization();
  const chosen = roles.find(({ id }) => id === value.roleId);
  return (
    <>
      <Field label="Role" error={roleFault(fault)} hint={chosen && <RoleMeaning role={chosen} />}>
        {(props) => (
          <Select
            {...props}
            required
            value={value.roleId}
            onChange={(event) => onChange({ ...value, roleId: event.target.value })}
          >
            <option value="" disabled>
              Choose a role
            </option>
            {roles.map((role) => {
              const isBeyond = missingOf(permissions, role.permissions).length > 0;
              return (
                <option key={role.id} value={role.id} disabled={isBeyond}>
                  {roleName(role.name)}
                  {isBeyond ? ' (has permissions you don’t have)' : ''}
                </option>
              );
            })}
          </Select>
        )}
      </Field>
      <Teams
        value={value.teamIds}
        error={fault?.at('teamIds') ?? null}
        onChange={(teamIds) => onChange({ ...value, teamIds })}
      />
    </>
  );
}

function RoleMeaning({ role: { description, permissions } }: { readonly role: RoleFactsFragment }) {
  return (
    <>
      {description && <span className="block">{description}</span>}
      <span className="block font-mono text-xs break-words">
        {permissions.join(', ') || 'No permissions'}
      </span>
    </>
  );
}

function Teams({
  value,
  error,
  onChange,
}: {
  readonly value: readonly string[];
  readonly error: string | null;
  onChange(value: readonly string[]): void;
}) {
  const { rows: teams } = useTeamNames();
  const can = useCan();
  if (!can('team.view') || teams.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">
        Teams <span className="font-normal text-soft">(optional)</span>
      </legend>
      {teams.map(({ id, name }) => (
        <Choice
          key={id}
          label={name}
          checked={value.includes(id)}
          onChange={(checked) => onChange(checked ? [...value, id] : value.filter((one) => one !== id))}
        />
      ))}
      {error && <p className="text-[0.8125rem] font-medium text-danger">{error}</p>}
    </fieldset>
  );
}
