import { Building2, ChevronsUpDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../design/primitives/menu.tsx';
import { useOrganization } from '../viewer/organization.tsx';
import { useViewer } from '../viewer/session.tsx';
import { NewOrganization } from './new-organization.tsx';

/** The open organization, a switcher to others, and how to create one. */
export function OrganizationSwitcher() {
  const { slug, name } = useOrganization();
  const { organizations } = useViewer();
  const [, navigate] = useLocation();
  const [isCreating, setCreating] = useState(false);
  return (
    <>
      <Menu
        label="Organizations"
        trigger={
          <button
            type="button"
            className="flex h-10 w-full items-center gap-2.5 rounded-lg border border-line bg-card px-2.5 text-left shadow-card hover:bg-hover"
          >
            <span className="sr-only">Organization: </span>
            <Building2 size={17} className="shrink-0 text-soft" aria-hidden="true" />
            <span className="min-w-0 grow truncate font-medium">{name}</span>
            <ChevronsUpDown size={16} className="shrink-0 text-soft" aria-hidden="true" />
          </button>
        }
      >
        <MenuLabel>Your organizations</MenuLabel>
        <MenuChoice
          label="Organization"
          value={slug}
          choices={organizations.map((one) => ({ value: one.slug, label: one.name }))}
          onChange={(chosen) => navigate(`~/o/${chosen}`)}
        />
        <MenuLine />
        <MenuItem onSelect={() => setCreating(true)}>
          <Plus size={16} aria-hidden="true" />
          Create organization…
        </MenuItem>
      </Menu>
      {isCreating && <NewOrganization onClose={() => setCreating(false)} />}
    </>
  );
}
