import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { useSubmit } from '../../api/use-submit.ts';
import { LoadFault, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import { CreateRoleDocument, type RoleFactsFragment, UpdateRoleDocument } from '../../generated/graphql.ts';
import { useBeyond, useCan, useOrganization } from '../../viewer/organization.tsx';
import { DeleteRole } from './delete-role.tsx';
import { RoleForm, RolePermissions, type RoleText } from './role-form.tsx';
import { RoleImpact } from './role-impact.tsx';
import { useRoles } from './role-list.ts';
import { roleName } from './role-name.ts';
import { changedFields, roleCreation, roleUpdate } from './role-summary.ts';

const NEW_ROLE: RoleText = { name: '', description: '', permissions: [] };

/** A role: its permissions, its holders, and the impact of changes. */
export function RoleView() {
  const { roleId } = useParams<{ roleId: string }>();
  const { rows, loading, error, reload } = useRoles();
  const role = rows.find(({ id }) => id === roleId);
  if (role) return <Role key={role.id} role={role} />;
  if (error) return <LoadFault message={error.message} retry={reload} />;
  if (loading) return <SkeletonRows />;
  return (
    <Page title="Role not found" description="It may have been deleted.">
      <div>
        <ButtonLink to="/roles">All roles</ButtonLink>
      </div>
    </Page>
  );
}

/** The form of a new role. */
export function NewRoleView() {
  const { id: organizationId } = useOrganization();
  const [, navigate] = useLocation();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(CreateRoleDocument, (data) => data.createRole);
  const [text, setText] = useState(NEW_ROLE);
  const create = async (saved: () => void) => {
    const { name, description, permissions } = text;
    const created = await submit({
      input: { organizationId, name, description: description.trim() || null, permissions: [...permissions] },
    });
    if (!created) return;
    saved();
    toast({ tone: 'good', text: `Role ${created.role.name} created` });
    navigate('/roles');
  };
  return (
    <Page title="Create a role" description="A role is a named set of permissions for members and keys.">
      <RoleForm
        text={text}
        change={(changes) => setText((before) => ({ ...before, ...changes }))}
        fault={fault}
        busy={busy}
        submit="Create role"
        summary={roleCreation(text)}
        unsaved={JSON.stringify(text) !== JSON.stringify(NEW_ROLE)}
        onSubmit={create}
      />
    </Page>
  );
}

function Role({ role }: { readonly role: RoleFactsFragment }) {
  const can = useCan();
  const { refreshPermissions } = useOrganization();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateRoleDocument, (data) => data.updateRole);
  // Only what the viewer has edited: the rest follows changes by others.
  const [edited, setEdited] = useState<Partial<RoleText>>({});
  const { name: present, description: described, permissions: granted } = role;
  const text: RoleText = {
    name: present,
    description: described ?? '',
    permissions: granted,
    ...edited,
  };
  const changed = changedFields(role, text);
  const beyond = useBeyond(role);
  const mayManage = can('role.manage') && !role.system;
  const readOnly = !mayManage || beyond.length > 0;
  const save = async () => {
    if (changed.length === 0) return;
    const { name, description, permissions } = text;
    const input = { name, description: description.trim() || null, permissions: [...permissions] };
    const changes = Object.fromEntries(changed.map((field) => [field, input[field]]));
    const saved = await submit({ input: { id: role.id, ...changes } });
    if (!saved) return;
    setEdited({});
    const { confirmedNodes, totalNodes } = saved.propagation;
    const nodes = totalNodes === 1 ? 'node' : 'nodes';
    const confirmed = `confirmed by ${confirmedNodes} of ${totalNodes} ${nodes}`;
    toast({ tone: 'good', text: `Role ${name} saved, ${confirmed}` });
    refreshPermissions();
  };
  return (
    <Page
      title={roleName(role.name)}
      heading={
        <span className="inline-flex flex-wrap items-center gap-2.5">
          {roleName(role.name)}
          {role.system && <Badge>Built in</Badge>}
        </span>
      }
      description={<WhyReadOnly role={role} beyond={mayManage ? beyond : []} />}
      actions={
        <>
          <ButtonLink to="/roles">All roles</ButtonLink>
          {mayManage && <DeleteRole role={role} />}
        </>
      }
    >
      {readOnly ? (
        <RolePermissions
          permissions={role.permissions}
          reach={<RoleImpact role={role} after={role.permissions} />}
        />
      ) : (
        <RoleForm
          text={text}
          change={(changes) => setEdited((before) => ({ ...before, ...changes }))}
          fault={fault}
          busy={busy}
          submit="Save"
          summary={roleUpdate(role, text)}
          unsaved={changed.length > 0}
          impact={<RoleImpact role={role} after={text.permissions} />}
          onSubmit={save}
        />
      )}
    </Page>
  );
}

function WhyReadOnly({
  role,
  beyond,
}: {
  readonly role: RoleFactsFragment;
  readonly beyond: readonly string[];
}) {
  if (role.system) return 'This role is built in, and can’t be changed.';
  if (beyond.length > 0)
    return `This role has more permissions than you. To change it, you also need ${beyond.join(', ')}.`;
  return role.description;
}
