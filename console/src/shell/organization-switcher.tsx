import { Building2, ChevronsUpDown } from 'lucide-react';
import { useLocation } from 'wouter';
import { Menu, MenuChoice, MenuLabel } from '../design/primitives/menu.tsx';
import { useOrganization } from '../viewer/organization.tsx';
import { useViewer } from '../viewer/session.tsx';

/** The open organization and, if there are several, a switcher. */
export function OrganizationSwitcher() {
  const { slug, name } = useOrganization();
  const { organizations } = useViewer();
  const [, navigate] = useLocation();
  const face = (
    <>
      <Building2 size={17} className="shrink-0 text-soft" aria-hidden="true" />
      <span className="min-w-0 grow truncate font-medium">{name}</span>
    </>
  );
  const shape =
    'flex h-10 w-full items-center gap-2.5 rounded-lg border border-line bg-card px-2.5 text-left shadow-card';
  if (organizations.length < 2) return <div className={shape}>{face}</div>;
  return (
    <Menu
      label="Organizations"
      trigger={
        <button type="button" className={`${shape} hover:bg-hover`}>
          <span className="sr-only">Organization: </span>
          {face}
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
    </Menu>
  );
}
