import { ShieldX } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { useSubmit } from '../../api/use-submit.ts';
import { EmptyState, LoadFault, Page, SkeletonRows } from '../../design/patterns/page.tsx';
import { useToast } from '../../design/patterns/toasts.tsx';
import { Badge } from '../../design/primitives/badge.tsx';
import { ButtonLink } from '../../design/primitives/button.tsx';
import { CreateRoleDocument, type RoleFactsFragment, UpdateRoleDocument } from '../../generated/graphql.ts';
import { useBeyond, useCan, useOrganization } from '../../viewer/organization.tsx';
import { DeleteRole } from './delete-role.tsx';
import { RoleForm, type RoleText } from './role-form.tsx';
import { RoleImpact } from './role-impact.tsx';
import { useRoles } from './role-list.ts';
import { roleName } from './role-name.ts';

/** A role: its permissions, its holders, and the impact of changes. */
export function RoleView() {
  const { roleId } = useParams<{ roleId: string }>();
  const { rows, loading, error, reload } = useRoles();
  const role = rows.find(({ id }) => id === roleId);
  if (role)
    return <Role key={`${role.id} ${role.name} ${role.description} ${role.permissions}`} role={role} />;
  if (error) return <LoadFault message={error.message} retry={reload} />;
  if (loading) return <SkeletonRows />;
  return (
    <EmptyState icon={ShieldX} title="Role not found" action={<ButtonLink to="/roles">All roles</ButtonLink>}>
      It may have been deleted.
    </EmptyState>
  );
}

/** The form of a new role. */
export function NewRoleView() {
  const { id: organizationId } = useOrganization();
  const [, navigate] = useLocation();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(CreateRoleDocument, (data) => data.createRole);
  const [text, setText] = useState<RoleText>({ name: '', description: '', permissions: [] });
  const create = async () => {
    const { name, description, permissions } = text;
    const created = await submit({
      input: { organizationId, name, description: description.trim() || null, permissions: [...permissions] },
    });
    if (!created) return;
    toast({ tone: 'good', text: `Role ${created.role.name} created` });
    navigate('/roles');
  };
  return (
    <Page title="Create a role" description="A role is a named set of permissions for members and keys.">
      <RoleForm
        text={text}
        onChange={setText}
        fault={fault}
        busy={busy}
        submit={{ words: 'Create role', send: create }}
      />
    </Page>
  );
}

function Role({ role }: { readonly role: RoleFactsFragment }) {
  const can = useCan();
  const { refreshPermissions } = useOrganization();
  const toast = useToast();
  const { submit, busy, fault } = useSubmit(UpdateRoleDocument, (data) => data.updateRole);
  const [text, setText] = useState<RoleText>({
    name: role.name,
    description: role.description ?? '',
    permissions: role.permissions,
  });
  const beyond = useBeyond(role);
  const mayManage = can('role.manage') && !role.system;
  const readOnly = !mayManage || beyond.length > 0;
  const save = async () => {
    const { name, description, permissions } = text;
    const input = { id: role.id, name, description: description.trim() || null };
    const saved = await submit({ input: { ...input, permissions: [...permissions] } });
    if (!saved) return;
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
      <RoleForm
        text={text}
        onChange={setText}
        fault={fault}
        busy={busy}
        submit={readOnly ? null : { words: 'Save', send: save, disabled: isSame(text, role) }}
        impact={<RoleImpact role={role} after={text.permissions} />}
      />
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

function isSame(text: RoleText, { name, description, permissions }: RoleFactsFragment): boolean {
  const sorted = (list: readonly string[]) => [...list].sort().join(' ');
  return (
    text.name.trim() === name &&
    text.description.trim() === (description ?? '') &&
    sorted(text.permissions) === sorted(permissions)
  );
}
